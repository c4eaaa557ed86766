"""The two-worlds test: a reader gets the same answers whether the acts that are hidden from them happened or not."""
