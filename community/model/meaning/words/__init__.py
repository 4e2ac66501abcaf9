"""Word lists, apart from those who read by them: facts, senses, subjects, yes and no, what is said about the call."""
