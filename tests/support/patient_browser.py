"""A patient's browser for one login, with the variables of the quickstart: `... patient_browser URL`."""

import os
import sys

import requests

from client.mailbox import Mailbox
from tests.support.apps import SECONDS, Browser, allow_access


def main(url: str) -> None:
    """Log in, allow everything, and follow the redirect to the app."""
    mailbox = Mailbox(os.environ["MAILBOX"])
    email = os.environ["EMAIL"]
    browser = Browser(os.environ["GATEWAY"])
    browser.open(url)
    before = mailbox.newest(email)
    browser.submit(identifier=os.environ["IDENTIFIER"], password=os.environ["PASSWORD"], by="email")
    browser.submit(code=mailbox.code_sent_to(email, after=before))
    requests.get(allow_access(browser).headers["location"], timeout=SECONDS)


if __name__ == "__main__":
    main(sys.argv[1])
