"""What the street door answers, one file per resource: parse, ask, answer."""
