"""A stand-in for Pro Santé Connect in development: an OpenID provider at which one chooses a test professional."""
