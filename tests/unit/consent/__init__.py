"""What the rules of consent promise."""
