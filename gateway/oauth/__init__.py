"""HTTP endpoints and pages of the authorization server; identity and consent decide what may be granted."""
