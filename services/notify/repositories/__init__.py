"""The only SQL of the notify service."""
