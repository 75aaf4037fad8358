"""What the walk saw, in words: causes, reasons, values in the units people read."""
