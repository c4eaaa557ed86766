"""People with tokens, and what services would answer."""

from datetime import UTC, datetime
from uuid import UUID

from chassis.tokens import Signer, sign_actor
from contracts.envelope import Actor
from contracts.records import Author, Content, Deposited, Document, Ticket
from contracts.vocabulary import ContentId, DocumentId, DocumentStatus, PatientId, Role, Section

PATIENT = PatientId(UUID("018f9c5e-7a11-7c3e-8a54-3f8f4d1c2b3a"))
DOCUMENT = DocumentId(UUID("018f9c5e-8b22-7d4f-9b65-4a9a5e2d3c4b"))
CONTENT = ContentId(UUID("018f9c5e-9c33-7e5a-8c76-5bab6f3e4d5c"))
TITLE = "Bilan de Camille"
NAME = "Docteur Anne Le Goff"
DOCUMENTS = f"/dmp/records/{PATIENT}/documents"
BYTES = f"{DOCUMENTS}/{DOCUMENT}/content"
TICKET = Ticket(content_id=CONTENT, ticket="a.signed.ticket")


class People:
    """Tokens as identity signs them."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self.doctor = self.token(Actor(role=Role.PROFESSIONAL, subject="10100000001", name=NAME, profession="10"))
        self.patient = self.token(Actor(role=Role.PATIENT, subject=str(PATIENT)))
        self.agent = self.token(Actor(role=Role.AGENT, subject="agent-7"))

    def token(self, actor: Actor, *, seconds: int = 900, now: float | None = None) -> str:
        """A token for anybody."""
        return sign_actor(self._signer, actor, seconds=seconds, now=now)


def a_document(*, size: int = 0, media_type: str = "text/xml") -> Document:
    """One biology report."""
    written = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
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
        created_at=written,
        deposited_at=written,
        language="fr-FR",
        media_type=media_type,
        size=size,
        sha1="da39a3ee5e6b4b0d3255bfef95601890afd80709",
    )


def deposited(*, created: bool = True) -> Deposited:
    """What records answers to a deposit."""
    return Deposited(document=a_document(), created=created)


def content_of(size: int) -> Content:
    """What records answers to one who may read."""
    return Content(document=a_document(size=size), content_id=CONTENT, ticket="a.signed.ticket")
