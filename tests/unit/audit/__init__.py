"""The journal's chain and its words."""
