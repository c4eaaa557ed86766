"""Shared by tests: people and clients of the platform, changes in its databases, conditions to wait for."""
