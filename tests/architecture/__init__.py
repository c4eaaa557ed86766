"""Checks of the structure of the code and the documentation."""
