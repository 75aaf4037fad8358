"""What a file says of itself, tried out: examples and whole courses."""
