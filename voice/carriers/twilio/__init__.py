"""Twilio: the only place that knows its SDK, TwiML, signature and error codes."""
