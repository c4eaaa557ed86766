"""Client of anybody who holds an access token."""

from client.browser_links import BrowserLinkRequests
from client.carers import CarerRequests
from client.documents import DocumentRequests
from client.journal import JournalRequests
from client.records import RecordRequests
from client.rights import RightsRequests
from client.sessions import SessionRequests


class ApiClient(
    RecordRequests,
    DocumentRequests,
    RightsRequests,
    CarerRequests,
    JournalRequests,
    SessionRequests,
    BrowserLinkRequests,
):
    """Every request of the record's API, whoever makes it: which roles may is the gateway's to say."""
