"""One function per method or event of the consent service."""
