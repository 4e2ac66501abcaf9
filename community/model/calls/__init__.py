"""Calling: campaigns, attempts, the line, pace and retries."""
