"""The resident's side of chat: channels, the durable inbox, and the only talk with Rasa."""
