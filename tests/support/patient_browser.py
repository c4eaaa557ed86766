"""A patient's browser for one login, with the variables of the quickstart: `... patient_browser URL`."""

import os
import sys
from pathlib import Path

import requests

from cli.demo.people import DemoPeople
from tests.support.apps import SECONDS, Browser, allow_access


def main(url: str) -> None:
    """Log in, allow everything, and follow the redirect to the app."""
    demo = DemoPeople(os.environ["GATEWAY"], os.environ["MAILBOX"], Path(os.environ["CARDS"]))
    email = os.environ["EMAIL"]
    browser = Browser(demo.gateway)
    browser.open(url)
    before = demo.newest_message(email)
    browser.submit(identifier=os.environ["IDENTIFIER"], password=os.environ["PASSWORD"], by="email")
    browser.submit(code=demo.code_sent_to(email, after=before))
    requests.get(allow_access(browser).headers["location"], timeout=SECONDS)


if __name__ == "__main__":
    main(sys.argv[1])
