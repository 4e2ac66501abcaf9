"""Hazards and emergencies, as residents tell of them."""
