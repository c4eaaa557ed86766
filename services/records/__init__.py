"""The records service: records, and the entries of their documents; the documents service has their bytes."""
