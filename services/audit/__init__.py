"""The flat that keeps the journal: who did what to whose record, or was refused; only ever added to."""
