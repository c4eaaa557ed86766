"""The consent service on a real database."""
