"""The pages a stranger reads, and the module that prints their tables from code."""
