"""The resident's side of the telephone."""
