"""Pages for people: each asks through the same clients and under the same law as the API, and decides nothing."""
