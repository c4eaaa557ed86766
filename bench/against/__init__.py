"""Side-by-side measurement of two checkouts in one run: this one, and one of another commit."""
