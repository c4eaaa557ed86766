"""Looks for what is wrong with the HTTP interface and the source, by tools of others: `make audit`."""
