"""Days and times of a day."""
