"""The development stack: its processes, its mailbox, its private servers."""
