"""What the rules of records promise."""
