"""A file becomes plain data that knows its places, whole and well formed."""
