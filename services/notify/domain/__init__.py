"""Rules of notices: who gets which, their texts, and when a delivery is tried again."""
