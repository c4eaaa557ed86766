"""Messages of the records service: records and the entries of their documents."""
