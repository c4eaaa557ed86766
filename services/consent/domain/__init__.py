"""The law of access as pure functions over facts; the first refusal wins, and what no rule allows is refused."""
