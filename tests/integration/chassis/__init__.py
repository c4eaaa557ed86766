"""The foundation on a real broker."""
