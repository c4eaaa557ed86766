"""Receives the stack's e-mails and text messages and shows them on a page, instead of delivering them."""
