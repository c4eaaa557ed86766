"""The handlers of the consent service, one function per method, event or timer."""
