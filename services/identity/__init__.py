"""The flat that knows people: patients and their accounts, professionals, cards and software."""
