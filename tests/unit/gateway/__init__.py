"""The gateway's rules, without a process."""
