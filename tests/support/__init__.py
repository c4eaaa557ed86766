"""What tests stand on: the platform as real processes, people to act, and conditions to wait for."""
