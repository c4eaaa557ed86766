"""The platform in containers, on an engine of its own; `python -m tests.containers` is `make containers`."""
