"""The carriers' webhooks; knows no carrier's format."""
