"""Identity's rules, cards and secrets."""
