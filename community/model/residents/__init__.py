"""Residents, from the lists that communities keep."""
