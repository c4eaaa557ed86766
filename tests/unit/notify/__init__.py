"""Who is told what, in which words, and when again."""
