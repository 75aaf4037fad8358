"""Results become what a person or a program reads."""
