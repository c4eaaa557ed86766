"""The words all rooms share."""
