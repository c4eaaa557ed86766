"""The SQL of the records service; documents are given for a Permit only, within its limits."""
