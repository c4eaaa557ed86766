"""What the platform promises of speed, measured side by side with its floor in the same run."""
