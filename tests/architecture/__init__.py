"""Promises about the structure that reviews forget."""
