"""Ten thousand mutated documents: each is parsed or refused as an invalid CDA, within bounds of time and memory."""

import re
from collections.abc import Callable
from random import Random
from resource import RUSAGE_SELF, getrusage
from time import process_time

import pytest

from samples.cda import self_presenting
from services.documents.cda import CdaError, read_header
from tests.unit.documents.specimens import biology, vsm

MUTATIONS = 10_000
BATCHES = 10
SEED = 20_261_127
MAX_SECONDS = 2.0
"""Of processor time per document of some kilobytes: a thousand times what is usual."""
MAX_GROWTH_KILOBYTES = 64 * 1024
"""How much the process may grow over a whole batch."""

_TOKEN = re.compile(rb'<[^<>]*>|"[^"]*"|[^<>"]+')
_HOSTILE = (
    b"", b'""', b'"\x00"', b"\xff\xfe", b"&#0;", b"&#x10FFFF;", b"&nope;", b"]]>", b"<![CDATA[", b"<!--", b"<?xml?>",
    b"<!DOCTYPE x>", b"</component>", b"<component/>", b'"99999999999999999999"', b'"20261399"', b'"00000000"',
    b'"-1"', b'"99991231235959+1400"', b'"00010101000000+1400"', b'"' + b"9" * 5_000 + b'"', b"<a>" * 200,
    b'"\xd9\xa1\xd9\xa2"', b"<nonXMLBody><text/></nonXMLBody>", b'"B64"', b'"text/xml"',
)  # fmt: skip

Mutation = Callable[[Random, bytes], bytes]


def _place(random: Random, document: bytes) -> tuple[int, int]:
    """Start and end of a random token; the header is chosen more often than its length would suggest."""
    end = len(document) if random.random() < 0.3 else document.find(b"<component") % (len(document) + 1)
    start = random.randrange(max(end, 1))
    found = _TOKEN.search(document, start)
    return found.span() if found else (start, start + 1)


def flip(random: Random, document: bytes) -> bytes:
    place = random.randrange(len(document))
    return document[:place] + bytes([document[place] ^ (1 << random.randrange(8))]) + document[place + 1 :]


def cut(random: Random, document: bytes) -> bytes:
    return document[: random.randrange(len(document))]


def drop(random: Random, document: bytes) -> bytes:
    start, end = _place(random, document)
    return document[:start] + document[end:]


def repeat(random: Random, document: bytes) -> bytes:
    start, end = _place(random, document)
    return document[:end] + document[start:end] * random.choice((1, 2, 50)) + document[end:]


def replace(random: Random, document: bytes) -> bytes:
    (start, end), (other, other_end) = _place(random, document), _place(random, document)
    return document[:start] + document[other:other_end] + document[end:]


def insert(random: Random, document: bytes) -> bytes:
    start, end = _place(random, document)
    return document[:start] + random.choice(_HOSTILE) + document[end:]


MUTATORS: tuple[Mutation, ...] = (flip, cut, drop, repeat, replace, insert, insert)


def outcome(document: bytes) -> str:
    """Name of the refusal, or "read"; any other exception is raised."""
    try:
        read_header(document)
    except CdaError as refusal:
        return type(refusal).__name__
    return "read"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_every_mutated_document_is_parsed_or_refused_within_time_and_memory_limits(batch: int) -> None:
    random = Random(SEED + batch)
    originals = (vsm(), biology(), self_presenting(vsm()))
    outcomes: set[str] = set()
    before = getrusage(RUSAGE_SELF).ru_maxrss
    for number in range(MUTATIONS // BATCHES):
        document = random.choice(originals)
        for _ in range(random.choice((1, 1, 1, 2, 4))):
            document = random.choice(MUTATORS)(random, document or b"<")
        started = process_time()
        try:
            outcomes.add(outcome(document))
        except Exception as error:
            pytest.fail(f"mutation {number} of batch {batch}: {type(error).__name__}: {error}")
        assert process_time() - started < MAX_SECONDS, f"mutation {number} of batch {batch}"
    assert outcomes >= {"read", "NotCdaError", "MalformedCdaError", "HostileXmlError"}
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < MAX_GROWTH_KILOBYTES
