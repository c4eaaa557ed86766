"""Reading documents: headers, first bytes, hostile files."""
