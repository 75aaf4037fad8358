"""One module a command: what `criterium NAME` does once its words are read."""
