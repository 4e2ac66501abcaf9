"""Questionnaires: how staff write them, what their answers lead to."""
