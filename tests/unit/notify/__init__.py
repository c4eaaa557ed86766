"""Which notices follow from events, their texts, and when they are sent again."""
