"""The chassis on a real broker and a real database."""
