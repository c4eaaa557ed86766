"""Calls of the gateway's API, by topic."""
