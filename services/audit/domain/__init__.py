"""The law of the journal: how its lines hang together, and how they read in a patient's words."""
