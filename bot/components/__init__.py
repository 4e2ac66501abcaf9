"""Graph components that run inside Rasa."""
