"""The composition root: command line, wiring, processes. It imports everything; nothing imports it."""
