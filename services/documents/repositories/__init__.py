"""The SQL of documents: the life of each content, and the inventory that operators' commands work through."""
