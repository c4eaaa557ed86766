"""The flat that keeps the law of access: who may read what of whom, and why."""
