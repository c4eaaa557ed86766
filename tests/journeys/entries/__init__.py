"""One request of every kind allowed and one refused, as a scenario whose journal entries are counted."""
