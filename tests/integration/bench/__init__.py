"""Integration tests of the bench with real servers."""
