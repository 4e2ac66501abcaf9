"""The page behind a resident's one-time link: a campaign's questions, answered in writing."""
