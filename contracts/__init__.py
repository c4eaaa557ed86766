"""Words of the house: every message, code and refusal that crosses a wall, with no behaviour of any service."""
