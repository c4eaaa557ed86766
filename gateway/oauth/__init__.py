"""The authorization server as apps and browsers meet it; what may be granted is decided by identity and consent."""
