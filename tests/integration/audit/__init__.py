"""Audit on real servers."""
