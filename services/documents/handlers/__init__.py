"""The desk of documents: one function per verb; store, bucket and keeper are handed in."""
