"""Backups of databases, objects and keys, and restoring them."""
