"""Data becomes the parts of a criterion, every name and type settled."""
