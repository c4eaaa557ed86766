"""What breaks, and what must hold when it does: nothing lost, nothing doubled, nobody kept waiting."""
