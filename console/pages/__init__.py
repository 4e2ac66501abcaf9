"""One file a section of the console."""
