"""Measurements: `make bench` prints each figure beside its budget; nothing here is asserted in a test."""
