"""The embedded development stack: private servers, services, keys and test cards in one directory."""
