"""The walls of the house: promises about its structure that reviews forget."""
