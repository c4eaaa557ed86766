"""The flat that keeps records and the entries of their documents; their bytes live elsewhere."""
