"""Two checkouts measured side by side in one run: the one this is, and one of another commit."""
