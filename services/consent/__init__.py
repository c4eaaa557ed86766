"""The consent service: who may read what of whose record, and why."""
