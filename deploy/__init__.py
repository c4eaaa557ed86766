"""How the platform is put on machines: containers, Kubernetes, and the embedded development stack."""
