"""What a visitor asks at the street door, by topic."""
