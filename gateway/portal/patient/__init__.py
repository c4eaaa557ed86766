"""Pages of patients and of who represents them, one module per page."""
