"""The notify service: sends one-time codes at once, stores notices and sends them."""
