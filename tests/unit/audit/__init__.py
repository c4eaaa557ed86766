"""The journal's leaves, tree, heads, strands and sentences."""
