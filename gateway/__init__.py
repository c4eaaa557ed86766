"""The HTTP gateway: authenticates callers, calls services and renders replies; it decides nothing about access."""
