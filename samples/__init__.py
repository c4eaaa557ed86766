"""Invented sample documents, deterministic for a given seed and people."""
