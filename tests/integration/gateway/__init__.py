"""The gateway as its clients meet it: a real process, a real broker, doors behind it that do as a test says."""
