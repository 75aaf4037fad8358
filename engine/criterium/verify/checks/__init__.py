"""What is looked for in a file, one module a kind of finding."""
