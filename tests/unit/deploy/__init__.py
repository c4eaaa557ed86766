"""The keys of a deployment."""
