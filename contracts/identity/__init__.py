"""Messages of the identity service: people, cards, software, apps, logins and tokens."""
