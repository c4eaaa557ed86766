"""Kubernetes manifests; what follows from the wiring is printed by `print_manifests`."""
