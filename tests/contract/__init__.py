"""Messages between services stay compatible: they change by addition only."""
