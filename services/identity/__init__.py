"""The identity service: patients and their accounts, professionals, cards, apps and software."""
