"""One folder per service, all with the same modules."""
