"""The mailbox accepts SMTP and Twilio's API, shows the messages, and simulates outages."""

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.rest import Client

from deploy.dev.addresses import Addresses
from deploy.dev.credentials import load_or_create
from deploy.dev.external import ExternalServers
from deploy.dev.paths import Layout
from deploy.dev.plan import Plan
from deploy.dev.ports import ports_from
from deploy.dev.processes import Processes
from tests.support.ports import base_port

BASE_PORT = base_port(28_640)
SENDER = "+33600000000"
MOBILE = "+33639980011"


class MailboxClient:
    """Client of the running mailbox."""

    def __init__(self, addresses: Addresses) -> None:
        self.addresses = addresses
        self.url = addresses.url("mailbox")

    def twilio(self, token: str | None = None) -> Client:
        credentials = self.addresses.credentials
        account, secret = credentials["twilio_account_sid"], token or credentials["twilio_auth_token"]
        client = Client(account, secret, http_client=TwilioHttpClient(timeout=5))
        client.api.base_url = self.url
        return client

    def text(self, to: str, body: str) -> Any:
        return self.twilio().messages.create(to=to, from_=SENDER, body=body)

    def mail(self, to: list[str], subject: str, body: str) -> None:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = "carnet@carnet.example", ", ".join(to), subject
        message.set_content(body)
        with smtplib.SMTP("127.0.0.1", self.addresses.ports["smtp"], timeout=5) as connection:
            connection.send_message(message)

    def messages(self, to: str | None = None) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/messages.json", params={"to": to} if to else {}, timeout=5)
        found: list[dict[str, Any]] = answer.json()["messages"]
        return found

    def set_outage(self, **down: Any) -> requests.Response:
        return requests.post(f"{self.url}/outage", json=down, timeout=5)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailboxClient]:
    layout = Layout(tmp_path_factory.mktemp("mailbox"))
    layout.prepare()
    addresses = Addresses(layout, ports_from(BASE_PORT), load_or_create(layout.credentials), ExternalServers())
    processes = Processes(layout)
    try:
        Plan(addresses, processes).launch("mailbox")
        yield MailboxClient(addresses)
    finally:
        processes.stop_all()


@pytest.fixture
def mailbox(running: MailboxClient) -> MailboxClient:
    running.set_outage(sms=False, mail=False)
    requests.delete(f"{running.url}/messages.json", timeout=5)
    return running


def test_an_email_reaches_each_of_its_recipients(mailbox: MailboxClient) -> None:
    mailbox.mail(["a@courrier.example", "b@courrier.example"], "Un document est arrivé", "Bonjour,\nvoilà.\n")
    [message] = mailbox.messages("b@courrier.example")
    assert (message["channel"], message["subject"]) == ("mail", "Un document est arrivé")
    assert message["body"] == "Bonjour,\nvoilà."
    assert len(mailbox.messages()) == 2


def test_a_text_message_sent_by_twilios_client_arrives(mailbox: MailboxClient) -> None:
    sent = mailbox.text(MOBILE, "Votre code : 123456")
    assert sent.sid.startswith("SM")
    assert (sent.status, sent.error_code, sent.to) == ("queued", None, MOBILE)
    [message] = mailbox.messages(MOBILE)
    assert (message["channel"], message["body"]) == ("sms", "Votre code : 123456")


def test_the_newest_message_comes_first(mailbox: MailboxClient) -> None:
    for body in ("un", "deux", "trois"):
        mailbox.text(MOBILE, body)
    assert [message["body"] for message in mailbox.messages()] == ["trois", "deux", "un"]


def test_a_wrong_token_is_refused_as_twilio_does(mailbox: MailboxClient) -> None:
    with pytest.raises(TwilioRestException) as refused:
        mailbox.twilio(token="wrong").messages.create(to=MOBILE, from_=SENDER, body="non")
    assert (refused.value.status, refused.value.code) == (401, 20003)
    assert mailbox.messages() == []


@pytest.mark.parametrize(
    ("to", "body", "code"), [("0639980011", "x", 21211), (MOBILE, "", 21602), (MOBILE, "x" * 1601, 21617)]
)
def test_invalid_messages_are_refused_with_twilios_code(
    mailbox: MailboxClient, to: str, body: str, code: int
) -> None:
    with pytest.raises(TwilioRestException) as refused:
        mailbox.text(to, body)
    assert (refused.value.status, refused.value.code) == (400, code)
    assert mailbox.messages() == []


def test_an_sms_outage_can_be_started_and_ended(mailbox: MailboxClient) -> None:
    assert mailbox.set_outage(sms=True).json() == {"sms": True, "mail": False}
    with pytest.raises(TwilioRestException) as refused:
        mailbox.text(MOBILE, "perdu")
    assert refused.value.status == 503
    mailbox.set_outage(sms=False)
    mailbox.text(MOBILE, "revenu")
    assert [message["body"] for message in mailbox.messages()] == ["revenu"]


def test_a_mail_outage_can_be_started_and_ended(mailbox: MailboxClient) -> None:
    mailbox.set_outage(mail=True)
    with pytest.raises(smtplib.SMTPSenderRefused) as refused:
        mailbox.mail(["a@courrier.example"], "perdu", "perdu")
    assert refused.value.smtp_code == 421
    mailbox.set_outage(mail=False)
    mailbox.mail(["a@courrier.example"], "revenu", "revenu")
    assert [message["subject"] for message in mailbox.messages()] == ["revenu"]


def test_an_invalid_outage_is_refused(mailbox: MailboxClient) -> None:
    assert mailbox.set_outage(sms="perhaps").status_code == 400


def test_the_page_shows_both_kinds_and_escapes_them(mailbox: MailboxClient) -> None:
    mailbox.text(MOBILE, "<script>alert(1)</script>")
    mailbox.mail(["a@courrier.example"], "Sujet & suite", "corps")
    page = requests.get(mailbox.url, timeout=5).text
    assert "&lt;script&gt;" in page and "<script>" not in page
    assert page.index("Sujet &amp; suite") < page.index("&lt;script&gt;")


def test_no_message_is_in_the_log(mailbox: MailboxClient) -> None:
    mailbox.text(MOBILE, "secret-body")
    mailbox.mail(["a@courrier.example"], "secret-subject", "secret-body")
    mailbox.messages(MOBILE)
    log = Path(mailbox.addresses.layout.log_of("mailbox")).read_text()
    assert not any(word in log for word in ("secret", "39980011", "courrier.example"))
