"""How long links to the platform's own pages last, and how many a caller has at once."""

from datetime import timedelta

CODE_SECONDS = 60
"""From the request of a link to its opening in a browser."""
LOGIN_LIFE = timedelta(minutes=10)
"""For the login in the browser that has followed a link, as long as one at Pro Santé Connect may take."""
MOST_LINKS = 20
"""To records, of one professional at once; those that end first give way."""
