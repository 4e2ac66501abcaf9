"""JSON for the console's own pages and for programs."""
