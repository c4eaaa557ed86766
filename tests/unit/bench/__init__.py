"""What the measures calculate, and what they refuse to begin."""
