"""What the foundation promise."""
