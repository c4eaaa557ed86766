"""`carnet demo`: the main scenario of the platform, step by step through the gateway."""
