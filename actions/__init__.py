"""Rasa custom actions, flat: one file a topic, each a thin call into community.usecases."""
