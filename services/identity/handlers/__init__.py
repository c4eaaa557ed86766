"""One function per method, event or timer of the identity service."""
