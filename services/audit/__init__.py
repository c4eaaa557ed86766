"""The audit service: the append-only journal of who did what to whose record, or was refused."""
