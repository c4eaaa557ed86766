"""One function per verb of the audit service."""
