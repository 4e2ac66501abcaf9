"""The shared domain: what is true whichever channel speaks."""
