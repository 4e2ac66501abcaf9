"""The staff's web pages and their JSON API."""
