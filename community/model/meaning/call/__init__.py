"""What may be said to any question and is about the call: who, pardon, not now, leave me alone, a person please, help."""
