"""Whole user journeys and their refusals, through the gateway of a complete platform."""
