"""Faults are injected: nothing is lost or duplicated, and every request is answered within its deadline."""
