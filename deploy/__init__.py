"""Deployment: containers, Kubernetes, and the embedded development stack."""
