"""Pages of professionals, one module per page."""
