"""Clinical data of contents: what is kept, or else read from the content, and kept."""

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from contracts.clinical_data import ClinicalData
from contracts.errors.execution import ContentTooLarge, NotRenderable
from contracts.vocabulary import ContentId, PatientId
from services.documents.context import DocumentsContext
from services.documents.domain import StoredContent
from services.documents.kept_clinical_data import MOST_BYTES, opened, seal
from services.documents.reading import clinical_data_of
from services.documents.rendering.edition import reading_edition
from services.documents.repositories.contents import ContentRepository


def facts_of(ctx: DocumentsContext, content: StoredContent, kept: bytes | None) -> bytes | None:
    """What the content says in codes, as JSON; None where it cannot be read.

    Args:
        kept: sealed, of the reading edition.

    Raises:
        ContentDamaged, ServiceUnavailable.
    """
    data_key = ctx.tools.keeper.unwrap(content.key)
    facts = opened(kept, data_key, content.content_id, reading_edition()) if kept else None
    if facts is not None:
        return facts
    try:
        return _read_and_keep(ctx, content, data_key)
    except (ContentTooLarge, NotRenderable):
        return None


def read_ahead(ctx: DocumentsContext, held: Sequence[tuple[PatientId, ContentId]]) -> None:
    """Read what was just deposited, so that nobody waits for it; only while nothing else is read ahead.

    Whatever is left out here is read when somebody asks for it.

    Raises:
        ContentDamaged, ServiceUnavailable.
    """
    if not ctx.tools.reading_ahead.acquire(blocking=False):
        return
    try:
        for patient_id, content_id in held:
            with ctx.autocommit() as connection:
                content = ContentRepository(connection).read(patient_id, content_id)
            if content is not None:
                with suppress(ContentTooLarge, NotRenderable):
                    _read_and_keep(ctx, content, ctx.tools.keeper.unwrap(content.key))
    finally:
        ctx.tools.reading_ahead.release()


def checked(answer: bytes) -> bytes:
    """The clinical data of a renderer's answer, written anew: whoever took over a renderer chooses each byte of it.

    Raises:
        NotRenderable: it is no clinical data.
    """
    try:
        return msgspec.json.encode(msgspec.json.decode(answer, type=ClinicalData))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise NotRenderable from None


def _read_and_keep(ctx: DocumentsContext, content: StoredContent, data_key: bytes) -> bytes:
    facts = checked(clinical_data_of(ctx.tools.bucket, ctx.tools.rendering, content, data_key))
    if len(facts) > MOST_BYTES:
        raise ContentTooLarge(limit=str(MOST_BYTES))
    sealed = seal(facts, data_key, content.content_id, reading_edition())
    with ctx.autocommit() as connection:
        ContentRepository(connection).keep_clinical_data(
            content.patient_id, content.content_id, edition=reading_edition(), sealed=sealed
        )
    return facts
