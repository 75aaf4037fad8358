"""A file on disk becomes a checked, typed tree."""
