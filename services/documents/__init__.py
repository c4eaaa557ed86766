"""The documents service: keeps the bytes, encrypted, and reads what their headers say."""
