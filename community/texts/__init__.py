"""Every sentence that residents and staff read, and the one way to it."""
