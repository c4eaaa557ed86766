"""The command line, apart from what it calls."""
