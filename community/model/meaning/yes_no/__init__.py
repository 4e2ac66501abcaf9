"""Yes and no: the sort of question, what the words say, and what the second opinion may learn from."""
