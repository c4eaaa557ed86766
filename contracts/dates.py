"""Dates of a French person's life: in which zone they are meant."""

from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")
"""Of dates without a time."""
