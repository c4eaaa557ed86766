"""Where the stack's e-mails and text messages arrive instead of at people: one process, one page."""
