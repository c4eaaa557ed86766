"""Documents as pages for people: safe whatever was written into them."""
