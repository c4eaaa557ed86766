"""The documents service as its neighbours meet it: a real process on a real broker, database and object store."""
