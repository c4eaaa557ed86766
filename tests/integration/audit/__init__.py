"""The journal on real servers."""
