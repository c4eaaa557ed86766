"""The runtime of every service: RPC, events, transactions, tokens, settings, logs; it imports no service."""
