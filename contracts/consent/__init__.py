"""Messages of the consent service: access decisions, and what patients authorised."""
