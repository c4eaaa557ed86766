"""Typed HTTP client of the gateway, used by the command line, the demo, the bench and the tests."""
