"""The flat that tells people: one-time codes carried at once, notices kept and sent."""
