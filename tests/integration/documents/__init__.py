"""The documents service as a real process, on a real broker, database and object store."""
