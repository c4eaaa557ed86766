"""Unit tests of the bench."""
