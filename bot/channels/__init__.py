"""One file a platform: verify, parse, send."""
