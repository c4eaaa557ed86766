"""The foundation every service stands on: how it is called, tells, stores, logs and stops; it knows no service."""
