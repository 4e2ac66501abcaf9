"""A telephone network of invented residents, who go through the very same webhooks."""
