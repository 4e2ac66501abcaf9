"""Ticks: due, pace, place, reconcile, apply events, retry."""
