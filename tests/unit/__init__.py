"""Rules and readers alone: no server, no network."""
