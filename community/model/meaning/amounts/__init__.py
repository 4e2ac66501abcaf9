"""Numbers: how they are spoken, counted, measured, and which one answers the question."""
