"""Notices and codes on real servers, and what becomes of events that cannot be taken."""
