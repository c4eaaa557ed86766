"""What the measures stand on, over real servers."""
