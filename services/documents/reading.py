"""Plain bytes of a stored content, and the clinical data in them."""

from collections.abc import Generator
from itertools import chain

import msgspec

from contracts.clinical_data import ClinicalData
from contracts.codes.formats import MediaType
from contracts.errors.execution import ContentTooLarge
from services.documents.bucket import Bucket
from services.documents.domain import Span, StoredContent
from services.documents.ranges import RangeKind, RangeResult
from services.documents.rendering.files import MOST_BYTES
from services.documents.rendering.messages import RenderingRequest
from services.documents.rendering.workers import RenderingWorkers
from services.documents.sniffing import HEAD, sniff
from services.documents.streaming import decrypted, decrypted_span, encrypted_span
from services.documents.vault import Frames

_NO_DATA = msgspec.json.encode(ClinicalData())
"""Of a file that is no CDA."""


def bytes_of(bucket: Bucket, content: StoredContent, range_result: RangeResult, data_key: bytes) -> Generator[bytes]:
    """Frames of the content, or of a range of it.

    Raises:
        ContentDamaged, ServiceUnavailable: while iterating.
    """
    if range_result.kind not in {RangeKind.WHOLE, RangeKind.PART}:
        return
    span = range_result.span
    if span.size == content.size:
        with bucket.reading(content.object_key) as source:
            yield from decrypted(source, content, Frames(data_key, content.content_id))
        return
    number, encrypted = encrypted_span(content, span)
    with bucket.reading(content.object_key, encrypted.first, encrypted.size) as source:
        yield from decrypted_span(source, content, Frames(data_key, content.content_id, number), span)


def whole_of(content: StoredContent) -> RangeResult:
    """All of its bytes, of a content that may be rendered: a worker needs it whole in memory.

    Raises:
        ContentTooLarge.
    """
    if content.size > MOST_BYTES:
        raise ContentTooLarge(limit=str(MOST_BYTES))
    return RangeResult(RangeKind.WHOLE, Span(0, content.size - 1))


def clinical_data_of(bucket: Bucket, rendering: RenderingWorkers, content: StoredContent, data_key: bytes) -> bytes:
    """What the content says in codes, as JSON.

    Raises:
        ContentTooLarge, NotRenderable; ContentDamaged, ServiceUnavailable.
    """
    frames = bytes_of(bucket, content, whole_of(content), data_key)
    first = next(frames)
    if sniff(first[:HEAD]) is not MediaType.CDA:
        frames.close()
        return _NO_DATA
    request = RenderingRequest(size=content.size, language="fr", is_page=False)
    page = rendering.render(request, chain((first,), frames), content.patient_id, content.content_id)
    return b"".join(page.frames())
