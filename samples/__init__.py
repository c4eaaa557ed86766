"""Documents made up for trying the platform: same seed and people, same bytes; nobody in them exists."""
