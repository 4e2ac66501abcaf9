"""Reading and writing the files that staff bring and take away."""
