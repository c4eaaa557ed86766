"""One function per transfer, event or timer of the documents service."""
