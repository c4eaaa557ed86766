"""Verification of the stored journal, for the command line."""
