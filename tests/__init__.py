"""What the platform promises, shown."""
