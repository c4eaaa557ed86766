"""One function per method or timer of the records service."""
