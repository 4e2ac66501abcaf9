"""Tables and SQL, one file a noun."""
