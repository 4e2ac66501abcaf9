"""The policy index and the words it needs, loaded from files."""
