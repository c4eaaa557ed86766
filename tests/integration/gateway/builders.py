"""Tokens of test users, and replies of services."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from chassis.tokens import ISSUER_OF_PEOPLE, Signer, issuer_of_operator, sign_actor
from contracts.api import Method
from contracts.envelope import Actor
from contracts.records.deposits import DepositResult, Ticket
from contracts.records.documents import Author, ContentTicket, Document
from contracts.vocabulary import ContentId, DocumentId, DocumentStatus, PatientId, Role, Section

PATIENT = PatientId(UUID("018f9c5e-7a11-7c3e-8a54-3f8f4d1c2b3a"))
DOCUMENT = DocumentId(UUID("018f9c5e-8b22-7d4f-9b65-4a9a5e2d3c4b"))
CONTENT_ID = ContentId(UUID("018f9c5e-9c33-7e5a-8c76-5bab6f3e4d5c"))
A_SERVICE = "records"
OPERATOR = "operator-1"
TITLE = "Bilan de Camille"
NAME = "Docteur Anne Le Goff"
RECORD = f"/dmp/records/{PATIENT}"
DOCUMENTS = f"{RECORD}/documents"
CONTENT_PATH = f"{DOCUMENTS}/{DOCUMENT}/content"
PAGE_PATH = f"{DOCUMENTS}/{DOCUMENT}/page"
DATA_PATH = f"{DOCUMENTS}/{DOCUMENT}/facts"
RECORD_DATA_PATHS = tuple(f"{DOCUMENTS.rpartition('/')[0]}/{name}" for name in ("facts", "trends", "trends/page"))
TICKET = Ticket(content_id=CONTENT_ID, ticket="a.signed.ticket")


class TokenHolders:
    """Tokens signed by their issuers; `of`: one for each role."""

    def __init__(self, signers: Mapping[str, Signer]) -> None:
        self._signers = signers
        self.of = {
            Role.PATIENT: self.token(Actor(role=Role.PATIENT, subject=str(PATIENT))),
            Role.PROFESSIONAL: self.token(
                Actor(role=Role.PROFESSIONAL, subject="10100000001", name=NAME, profession="10")
            ),
            Role.AGENT: self.token(Actor(role=Role.AGENT, subject="agent-7")),
            Role.FEEDER: self.token(Actor(role=Role.FEEDER, subject="assurance-maladie")),
            Role.APP: self.token(Actor(role=Role.APP, subject="app-3", patient=str(PATIENT))),
            Role.OPERATOR: self.token(
                Actor(role=Role.OPERATOR, subject=OPERATOR), issuer=issuer_of_operator(OPERATOR)
            ),
            Role.SERVICE: self.token(Actor(role=Role.SERVICE, subject=A_SERVICE), issuer=A_SERVICE),
        }
        self.doctor = self.of[Role.PROFESSIONAL]
        self.patient = self.of[Role.PATIENT]
        self.agent = self.of[Role.AGENT]

    def allowed_to_call(self, method: Method[Any, Any]) -> str:
        """The token of a role that may call `method`; empty for an anonymous method."""
        return "" if method.anonymous else next(self.of[role] for role in Role if role in method.roles)

    def token(
        self, actor: Actor, *, issuer: str = ISSUER_OF_PEOPLE, seconds: int = 900, now: float | None = None
    ) -> str:
        return sign_actor(self._signers[issuer], actor, seconds=seconds, now=now)


def a_document(*, size: int = 0, media_type: str = "text/xml") -> Document:
    """A biology report."""
    created_at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    return Document(
        document_id=DOCUMENT,
        entry_uuid="urn:uuid:018f9c5e-ad44-7f6b-9d87-6cbc7a4f5e6d",
        unique_id="1.2.250.1.213.1.1.1.7",
        version=1,
        status=DocumentStatus.CURRENT,
        section=Section.ANALYSES,
        class_code="11",
        type_code="11502-2",
        format_code="urn:asip:ci-sis:cr-bio:2021",
        title=TITLE,
        author=Author(rpps="10100000001", name=NAME),
        created_at=created_at,
        deposited_at=created_at,
        language="fr-FR",
        media_type=media_type,
        size=size,
        sha1="da39a3ee5e6b4b0d3255bfef95601890afd80709",
    )


def deposited(*, created: bool = True) -> DepositResult:
    """The reply of records to a deposit."""
    return DepositResult(document=a_document(), created=created)


def content_of(size: int) -> ContentTicket:
    """The reply of records to a permitted reading."""
    return ContentTicket(document=a_document(size=size), content_id=CONTENT_ID, ticket="a.signed.ticket")
