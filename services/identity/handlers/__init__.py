"""What identity does, one function per verb; tools, stores and the post are handed in."""
