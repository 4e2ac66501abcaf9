"""One option of several: by name, place, range or what it is about."""
