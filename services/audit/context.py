"""What audit's handlers are given: the journal, its settings and its two keys."""

from dataclasses import dataclass

from chassis.context import RequestContext
from chassis.settings import load
from services.audit.published import PublishedHead
from services.audit.repositories.journal import JournalRepository
from services.audit.sealing import Sealer
from services.audit.settings import AuditSettings
from services.audit.signing import HeadSigner


@dataclass(frozen=True, slots=True)
class AuditTools:
    """Made once per process."""

    settings: AuditSettings
    sealer: Sealer
    head_signer: HeadSigner
    published: PublishedHead | None = None
    """The last head outside the database; None where no file is set."""


def load_tools() -> AuditTools:
    """The tools of this process, by its settings."""
    settings = load(AuditSettings)
    return AuditTools(
        settings=settings,
        sealer=Sealer.from_file(settings.subject_key_file),
        head_signer=HeadSigner.from_file(settings.head_key, settings.journal_origin),
        published=PublishedHead.from_setting(settings.published_head_file),
    )


class AuditContext(RequestContext[AuditTools]):
    """The `ctx` of audit's handlers."""

    @property
    def settings(self) -> AuditSettings:
        """What the operator set."""
        return self.tools.settings

    @property
    def sealer(self) -> Sealer:
        """Encrypts and decrypts the personal part of lines."""
        return self.tools.sealer

    @property
    def head_signer(self) -> HeadSigner:
        """Signs tree heads."""
        return self.tools.head_signer

    @property
    def repository(self) -> JournalRepository:
        """Lines, strands, tree and heads."""
        return JournalRepository(self.connection)
