"""Keys, passwords and certificates of a deployment: what each process may hold, and nothing of the others."""
