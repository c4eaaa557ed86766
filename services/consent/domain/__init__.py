"""The law of access as pure functions over facts; the first refusal wins and silence is refusal."""
