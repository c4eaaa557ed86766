"""Tests of the gateway process against a real broker, with fake services behind it."""
