"""Requests with a JSON response, for every route of the REST API, grouped by resource."""
