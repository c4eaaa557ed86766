"""The records service on a real database."""
