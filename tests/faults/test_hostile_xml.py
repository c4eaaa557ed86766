"""XML made to exhaust or mislead the reader is refused by one of its three errors and raises nothing else."""

import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from random import Random

import pytest
from lxml import etree

from services.documents.cda import CdaError, HeaderReader, HostileXmlError, NotCdaError, read_header
from tests.unit.documents.specimens import edited, every_kind, vsm

BOMB = (
    '<!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + "]>"
)
EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
DOCUMENT = "<ClinicalDocument"


def unique_elements(count: int) -> str:
    return "".join(f"<unique-name-{number:08d}/>" for number in range(count))


HOSTILE = {
    "entity bomb": edited(edited(vsm(), DOCUMENT, BOMB + DOCUMENT), "<title>", "<title>&i;"),
    "external entity": edited(edited(vsm(), DOCUMENT, EXTERNAL + DOCUMENT), "<title>", "<title>&e;"),
    "bare DOCTYPE": edited(vsm(), DOCUMENT, "<!DOCTYPE ClinicalDocument>" + DOCUMENT),
    "external DTD": edited(vsm(), DOCUMENT, '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + DOCUMENT),
    "deep body": edited(vsm(), "<structuredBody>", "<structuredBody>" + "<a>" * 50_000),
    "deep header": edited(vsm(), "<author>", "<author>" + "<a>" * 50_000),
    "deep wrapper": b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform">' + b"<a>" * 50_000,
    "10,000 attributes": edited(vsm(), DOCUMENT, DOCUMENT + "".join(f' a{n}="1"' for n in range(10_000))),
    "10,000 namespaces": edited(vsm(), DOCUMENT, DOCUMENT + "".join(f' xmlns:n{n}="urn:{n}"' for n in range(10_000))),
    "100,000 names": edited(vsm(), "<structuredBody>", "<structuredBody>" + unique_elements(100_000)),
    "100,000 instructions": edited(vsm(), DOCUMENT, "".join(f"<?p{n} ?>" for n in range(100_000)) + DOCUMENT),
    "long header": edited(vsm(), "<author>", "<author><id/></author>" * 10_000 + "<author>"),
    "heavy header": edited(vsm(), "<author>", f"<author><!--{'x' * 9_000_000}-->"),
    "2,000,000 elements": edited(vsm(), "<structuredBody>", "<structuredBody>" + "<a/>" * 2_000_000),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_xml_is_refused(kind: str) -> None:
    with pytest.raises(HostileXmlError):
        read_header(HOSTILE[kind])


@pytest.mark.parametrize(
    "file",
    [
        b"",
        b" \n",
        b"plain text",
        b"%PDF-1.7\n\x00\x01",
        b"<html><body/></html>",
        b"<ClinicalDocument/>",
        b'<ClinicalDocument xmlns="urn:hl7-org:v2"/>',
        b'<p:ClinicalDocument xmlns="urn:hl7-org:v3"/>',
        b'<xsl:stylesheet xmlns:xsl="http://www.w3.org/1999/XSL/Transform"/>',
        b'<Bundle xmlns="http://hl7.org/fhir"/>',
        b'<?xml version="1.0" encoding="x-unknown"?><a/>',
        vsm()[:-30],
        vsm() + b"<more/>",
        vsm() + b"more",
        vsm() + vsm(),
        vsm().replace(b"utf-8", b"utf-16").replace(b"UTF-8", b"UTF-16"),
        vsm().decode().encode("iso-8859-1"),
        vsm().replace(b"<title>", b"<title>\x00", 1),
        vsm().replace(b"<title>", b"<title>&undefined;", 1),
        vsm().replace(b"<title>", b'<title a="1" a="2">', 1),
    ],
)
def test_a_file_that_is_not_a_complete_cda_is_refused(file: bytes) -> None:
    with pytest.raises(NotCdaError):
        read_header(file)


def test_a_title_of_700000_character_references_is_refused() -> None:
    with pytest.raises(CdaError):
        read_header(edited(vsm(), "<title>", "<title>" + "&amp;" * 700_000))


MEMORY_SCRIPT = """
import psutil
from services.documents.cda import CdaError, read_header

def attack(number):
    names = b"".join(b"<t%d-%d/>" % (number, each) for each in range(30000))
    try:
        read_header(b'<ClinicalDocument xmlns="urn:hl7-org:v3"><component><structuredBody>' + names)
    except CdaError:
        pass

attack(0)
before = psutil.Process().memory_info().rss
for number in range(1, 50):
    attack(number)
assert psutil.Process().memory_info().rss - before < 12_000_000
"""


def test_unknown_element_names_do_not_accumulate_in_memory() -> None:
    assert subprocess.run([sys.executable, "-c", MEMORY_SCRIPT], check=False).returncode == 0


def mutated(document: bytes, chance: Random) -> bytes:
    """One to four random mutations: bytes flipped, deleted, duplicated, copied elsewhere, or markup inserted."""
    file = bytearray(document)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(file))
        end = min(len(file), start + chance.choice((1, 1, 5, 60, 2000)))
        piece = bytes(file[start:end])
        mutation = chance.randrange(5)
        if mutation == 0:
            file[start] = chance.randrange(256)
        elif mutation == 1 and len(piece) < len(file):
            del file[start:end]
        elif mutation == 2:
            file[start:start] = piece
        elif mutation == 3:
            there = chance.randrange(len(file))
            file[there:there] = piece
        else:
            file[start:start] = chance.choice(
                (b"<a>", b"</id>", b'"', b"&#0;", b"]]>", b"<![CDATA[", b"\xff\xfe", b"-->")
            )
    return bytes(file)


ODD_VALUES = ("", " ", "0", "-1", "1.2.3", "é" * 300, "x" * 600, "20250101", "^", "G15_10", "99999999999999999999")


def rearranged(document: bytes, chance: Random) -> bytes:
    """One to three mutations that keep the XML well-formed: elements removed, duplicated, moved, odd values set."""
    root = etree.fromstring(document)
    for _ in range(chance.randint(1, 3)):
        every = [element for element in root.iterdescendants() if isinstance(element.tag, str)]
        element, other = chance.choice(every), chance.choice(every)
        parent, mutation = element.getparent(), chance.randrange(5)
        assert parent is not None
        if mutation == 0:
            parent.remove(element)
        elif mutation == 1:
            parent.append(deepcopy(element))
        elif mutation == 2 and element not in (other, *other.iterancestors()):
            other.append(element)
        elif element.attrib and mutation == 3:
            element.set(chance.choice(list(element.attrib)), chance.choice(ODD_VALUES))
        else:
            element.text = chance.choice(ODD_VALUES)
    return etree.tostring(root)


def outcome(document: bytes, piece: int) -> object:
    reader = HeaderReader()
    try:
        for start in range(0, len(document), piece):
            reader.feed(document[start : start + piece])
        return reader.close()
    except CdaError as refusal:
        return type(refusal)


@pytest.mark.parametrize(("damage", "times"), [(mutated, 150), (rearranged, 100)])
@pytest.mark.parametrize("kind", every_kind())
def test_damaged_documents_are_parsed_or_refused_whole_and_in_chunks_alike(
    kind: str, damage: Callable[[bytes, Random], bytes], times: int
) -> None:
    document, chance = every_kind()[kind], Random(kind)
    for _ in range(times):
        damaged = damage(document, chance)
        assert outcome(damaged, len(damaged)) == outcome(damaged, 700)
