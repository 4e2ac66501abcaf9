"""One file a group of commands; each lists them in COMMANDS."""
