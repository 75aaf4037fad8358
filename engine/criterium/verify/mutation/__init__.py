"""Every small change of what a file says: which of them its examples notice."""
