"""One patient, explained: each visit with its numbers, what decided, what would have changed it, and a picture."""
