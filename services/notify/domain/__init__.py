"""The law of notices: who is told what, in which words, and when a sending is tried again."""
