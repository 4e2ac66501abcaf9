"""Cases and how they climb."""
