"""Group robots of the staff's platforms: push only, one file a platform."""
