"""CDA headers are read from every encoding and form; what is missing, doubled or unreadable is refused."""

import gc
import subprocess
import sys
from base64 import b64encode
from datetime import UTC, datetime

import pytest

from contracts.cda import CdaHeader, CdaIdentifier, NonXmlBody, StructuredBody
from contracts.vocabulary import Ins
from samples.cda import self_presenting
from samples.people import CAMILLE, GENERAL_PRACTITIONER
from services.documents import cda
from services.documents.cda import HeaderReader, MalformedCdaError, NotCdaError, read_header
from services.documents.hl7 import moment
from tests.unit.documents.specimens import UNIQUE_ID, WHEN, biology, edited, every_kind, imaging, vsm

SYNTHESIS_ID = f'<id root="{UNIQUE_ID}"/>'
INS = f'<id root="{CAMILLE.ins_oid}" extension="{CAMILLE.ins}"/>'


def _read_by_a_new_parser(document: bytes) -> CdaHeader:
    cda._idle.clear()
    return read_header(document)


def in_pieces(document: bytes, size: int) -> CdaHeader:
    reader = HeaderReader()
    for start in range(0, len(document), size):
        reader.feed(document[start : start + size])
    return reader.close()


def test_all_metadata_of_a_medical_summary_are_read() -> None:
    header = read_header(vsm())
    assert (header.unique_id, header.set_id, header.version) == (UNIQUE_ID, UNIQUE_ID, 1)
    assert (header.type_code, header.type_system) == ("SYNTH", "1.2.250.1.213.1.1.4.12")
    assert header.class_code == "11"
    assert header.format_code == "urn:asip:ci-sis:vsm:2012"
    assert header.template_ids[-1] == "1.2.250.1.213.1.1.1.13:201310"
    assert (header.title, header.confidentiality, header.language) == ("Synthèse médicale", "N", "fr-FR")
    assert header.effective_time == WHEN
    assert header.patient.ins == Ins(matricule=CAMILLE.ins, oid=CAMILLE.ins_oid)
    assert header.body == StructuredBody(sections=3)
    assert header.replaced_unique_id is None


def test_authors_signer_and_custodian_are_named_with_their_numbers() -> None:
    header = read_header(vsm())
    (author,) = header.authors
    assert (author.rpps, author.finess) == (GENERAL_PRACTITIONER.rpps, GENERAL_PRACTITIONER.finess)
    assert (author.family_name, author.given_name) == ("EXEMPLE", "Agathe")
    assert (author.specialty, author.profession, author.function) == ("G15_10/SM26", "10", "PCP")
    assert author.structure_name == header.custodian.name == "Cabinet de la rue Inventée"
    assert author.time == WHEN
    assert header.legal_authenticator is not None
    assert header.legal_authenticator.rpps == author.rpps
    assert header.custodian.identifier == author.structure


def test_the_context_of_care_is_read() -> None:
    header = read_header(vsm())
    (event,) = header.service_events
    assert (event.code, event.start, event.stop) == ("34117-2", WHEN, None)
    assert (header.facility_type_code, header.practice_setting_code) == ("SA07", "AMBULATOIRE")


@pytest.mark.parametrize(
    ("written", "start", "stop"),
    [
        ("<low value='2024'/><high value='202406'/>", ("2024", "2023-12-31T23:00"), ("2024-06", "2024-06-30T21:59")),
        ("<low value='20240612'/>", ("2024-06-12", "2024-06-11T22:00"), (None, None)),
        (
            "<low value='20240612'/><high value='20240612101500+0200'/>",
            ("2024-06-12", "2024-06-11T22:00"),
            (None, "2024-06-12T10:15"),
        ),
        ("<low nullFlavor='UNK'/><high value='2024'/>", (None, None), ("2024", "2024-12-31T22:59")),
    ],
)
def test_the_ends_of_an_act_are_as_precise_as_they_are_written(
    written: str, start: tuple[str | None, str | None], stop: tuple[str | None, str | None]
) -> None:
    """A date is all of its days in Paris, as in a deposit by FHIR."""
    (event,) = read_header(edited(vsm(), '<low value="20250301093000+0100"/>', written)).service_events
    assert (event.start_on, event.start and event.start.isoformat()[:16]) == start
    assert (event.stop_on, event.stop and event.stop.isoformat()[:16]) == stop


def test_a_device_as_author_has_no_profession_and_no_rpps() -> None:
    document = edited(vsm(), 'code="G15_10/SM26"', 'code="DISPOSITIF"')
    document = edited(document, 'extension="810990000019"', 'extension="318003502400041/7"')
    author = read_header(document).authors[0]
    assert (author.specialty, author.profession, author.rpps) == ("DISPOSITIF", None, None)


def test_a_wrapped_pdf_takes_its_format_from_the_media_type() -> None:
    header = read_header(biology())
    assert header.body == NonXmlBody(media_type="application/pdf")
    assert header.format_code == "urn:ihe:iti:xds-sd:pdf:2008"
    assert (header.type_code, header.class_code) == ("11502-2", "10")


@pytest.mark.parametrize("parent", ["1.2.250.1.213.1.1.9^10002-1", "1.2.3.4", "90E1C8EC-F951-4B26-A305-A34848818DD6"])
def test_a_replacement_names_the_document_it_replaces(parent: str) -> None:
    header = read_header(imaging(replaces=parent))
    assert (header.replaced_unique_id, header.version) == (parent, 2)


def test_a_related_document_that_is_no_replacement_replaces_nothing() -> None:
    document = edited(imaging(replaces="1.2.3.4"), 'typeCode="RPLC"', 'typeCode="APND"')
    assert read_header(document).replaced_unique_id is None


def test_an_unlisted_format_is_none() -> None:
    document = edited(vsm(), 'root="1.2.250.1.213.1.1.1.13"', 'root="1.2.250.1.213.1.1.1.9999"')
    assert read_header(document).format_code is None


def test_a_local_number_next_to_the_ins_is_kept_and_not_taken_for_it() -> None:
    document = edited(vsm(), INS, f'<id root="1.2.3.4" extension="777"/>{INS}')
    patient = read_header(document).patient
    assert patient.ins.matricule == CAMILLE.ins
    assert patient.identifiers[0] == CdaIdentifier(root="1.2.3.4", extension="777")


def test_the_extension_is_part_of_the_unique_id() -> None:
    document = edited(vsm(), SYNTHESIS_ID, f'<id root="{UNIQUE_ID}" extension="A-12"/>')
    assert read_header(document).unique_id == f"{UNIQUE_ID}^A-12"


@pytest.mark.parametrize("kind", every_kind())
def test_a_self_presenting_document_gives_the_same_header(kind: str) -> None:
    document = every_kind()[kind]
    assert read_header(self_presenting(document)) == read_header(document)


@pytest.mark.parametrize("size", [1, 3, 1000, 100_000])
def test_pieces_of_any_size_give_the_same_header(size: int) -> None:
    assert in_pieces(biology(), size) == read_header(biology())


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_other_encodings_are_read_as_declared(encoding: str) -> None:
    name = {"utf-8-sig": "UTF-8"}.get(encoding, encoding)
    text = edited(vsm(), "encoding='UTF-8'", f"encoding='{name}'").decode()
    assert in_pieces(text.encode(encoding), 1) == read_header(vsm())


def test_comments_and_references_inside_a_title_do_not_cut_it() -> None:
    document = edited(vsm(), "Synthèse médicale", "Synth&#232;se <!-- ici -->m&#xE9;dicale &amp; &#10; suite")
    assert read_header(document).title == "Synthèse médicale & suite"


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ('extension="POCD_HD000040"', 'extension="POCD_HD000099"', "typeId"),
        (SYNTHESIS_ID, "", "id"),
        (SYNTHESIS_ID, SYNTHESIS_ID * 2, "id"),
        (SYNTHESIS_ID, '<id root="not an oid"/>', "id"),
        (SYNTHESIS_ID, f'<id root="{UNIQUE_ID}" extension="a^b"/>', "id"),
        (SYNTHESIS_ID, f'<id root="{UNIQUE_ID}" extension="{"9" * 120}"/>', "id"),
        (SYNTHESIS_ID, f'<id root="1{".1" * 100}"/>', "id"),
        ('<code code="SYNTH"', '<code code="00000-0"', "code"),
        ('code="SYNTH" codeSystem="1.2.250.1.213.1.1.4.12"', 'code="SYNTH" codeSystem="1.2.3"', "code"),
        ("<title>Synthèse médicale</title>", "<title> </title>", "title"),
        ("Synthèse médicale", "S" * 501, "title"),
        ("Synthèse médicale", " " * 5000, "title"),
        ("20250301093000+0100", "20250301093000", "effectiveTime"),
        ("20250301093000+0100", "20250230093000+0100", "effectiveTime"),
        ("20250301093000+0100", "00010101000000+1400", "effectiveTime"),
        ("20250301093000+0100", "٢٠٢٥0301093000+0100", "effectiveTime"),
        ('<confidentialityCode code="N"', '<confidentialityCode code="X"', "confidentialityCode"),
        ('<versionNumber value="1"/>', '<versionNumber value="0"/>', "versionNumber"),
        ('<versionNumber value="1"/>', '<versionNumber value="1e3"/>', "versionNumber"),
        (f'<setId root="{UNIQUE_ID}"/>', '<setId root="x"/>', "setId"),
        (INS, "", "recordTarget"),
        (INS, INS + INS.replace(CAMILLE.ins, "152099999900215"), "recordTarget"),
        (CAMILLE.ins, "28507999990016", "recordTarget"),
        ("</recordTarget>", "</recordTarget><recordTarget/>", "recordTarget"),
        ("<recordTarget>", '<recordTarget xmlns="urn:other">', "recordTarget"),
        ("<assignedAuthor>", '<assignedAuthor xmlns="urn:other">', "author"),
        ("<representedCustodianOrganization>", '<representedCustodianOrganization xmlns="urn:x">', "custodian"),
        ("</ClinicalDocument>", "<component/></ClinicalDocument>", "component"),
        ("</ClinicalDocument>", "<recordTarget/></ClinicalDocument>", "component"),
        ("<structuredBody>", "<structuredBody/><structuredBody>", "component"),
        ("<structuredBody>", '<structuredBody xmlns="urn:other">', "component"),
    ],
)
def test_an_element_that_is_missing_doubled_or_unreadable_is_refused_by_name(old: str, new: str, field: str) -> None:
    with pytest.raises(MalformedCdaError) as refusal:
        read_header(edited(vsm(), old, new))
    assert refusal.value.field == field


def test_two_replaced_documents_are_refused() -> None:
    document = imaging(replaces="1.2.3.4")
    start, end = document.index(b"<relatedDocument"), document.index(b"<componentOf>")
    with pytest.raises(MalformedCdaError, match="relatedDocument"):
        read_header(document[:end] + document[start:end] + document[end:])


def test_two_documents_in_one_stylesheet_are_refused() -> None:
    inner = vsm().partition(b"?>")[2]
    with pytest.raises(MalformedCdaError, match="ClinicalDocument"):
        read_header(self_presenting(vsm()).replace(b"</xsl:variable>", inner + b"</xsl:variable>"))


@pytest.mark.parametrize("place", ["<author>", "<td>", "<entry>"])
def test_a_document_within_a_document_is_refused(place: str) -> None:
    inner = biology().decode().partition("?>")[2]
    with pytest.raises(MalformedCdaError, match="ClinicalDocument"):
        read_header(edited(vsm(), place, place + inner))


@pytest.mark.parametrize("markup", [b"<html><script>alert(1)</script></html>", b"<svg onload='alert(1)'/>"])
@pytest.mark.parametrize("declared", ["text/xml", "text/html", "image/svg+xml"])
def test_wrapped_markup_is_refused(markup: bytes, declared: str) -> None:
    document = biology()
    start, end = document.index(b"JVBERi"), document.index(b"</text>")
    wrapping = document[:start] + b64encode(markup) + document[end:]
    with pytest.raises(MalformedCdaError):
        read_header(edited(wrapping, "application/pdf", declared))


def test_an_element_within_a_wrapped_file_is_refused() -> None:
    with pytest.raises(MalformedCdaError, match="nonXMLBody"):
        read_header(edited(biology(), "JVBERi", "JVBERi<thumbnail/>"))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('mediaType="application/pdf"', 'mediaType="image/jpeg"'),
        ('mediaType="application/pdf"', 'mediaType="application/zip"'),
        (' representation="B64"', ""),
        ("JVBERi", "MZAAAA"),
        ("JVBERi", "é" * 300),
        ("JVBERi", "*" * 300),
    ],
)
def test_a_wrapped_file_of_another_type_than_declared_is_refused(old: str, new: str) -> None:
    with pytest.raises(MalformedCdaError, match="nonXMLBody"):
        read_header(edited(biology(), old, new))


def test_a_wrapped_file_that_is_only_referred_to_is_refused() -> None:
    document = biology()
    start, end = document.index(b"JVBERi"), document.index(b"</text>")
    with pytest.raises(MalformedCdaError, match="nonXMLBody"):
        read_header(document[:start] + b'<reference value="http://example.org/a.pdf"/>' + document[end:])


def test_a_document_cut_anywhere_is_refused() -> None:
    document = vsm().rstrip()
    for length in range(0, len(document), 97):
        with pytest.raises(NotCdaError):
            read_header(document[:length])


def test_a_reused_parser_keeps_nothing_of_earlier_documents() -> None:
    latin = edited(vsm(), "encoding='UTF-8'", "encoding='iso-8859-1'").decode().encode("iso-8859-1")
    wide = edited(vsm(), "encoding='UTF-8'", "encoding='utf-16'").decode().encode("utf-16")
    documents = [*every_kind().values(), self_presenting(vsm()), latin, wide, biology()]
    alone = [_read_by_a_new_parser(document) for document in documents]
    for first, before in enumerate(documents):
        for second, after in enumerate(documents):
            assert read_header(before) == alone[first]
            with pytest.raises(NotCdaError):
                read_header(before[:-40])
            assert read_header(after) == alone[second]


def test_concurrent_readers_do_not_interfere() -> None:
    documents = [vsm(), biology(), imaging()]
    readers = [HeaderReader() for _ in documents]
    for start in range(0, max(map(len, documents)), 500):
        for reader, document in zip(readers, documents, strict=True):
            reader.feed(document[start : start + 500])
    assert [reader.close() for reader in readers] == [read_header(document) for document in documents]


def test_memory_is_freed_without_the_garbage_collector() -> None:
    document = biology()
    read_header(document)
    gc.disable()
    gc.collect()
    gc.freeze()
    try:
        for _ in range(20):
            read_header(document)
        assert gc.collect() < 200, "objects that only the collector frees stay for minutes"
    finally:
        gc.unfreeze()
        gc.enable()


def test_a_syntax_error_deep_in_the_body_is_found() -> None:
    with pytest.raises(NotCdaError):
        read_header(edited(vsm(padding=100_000), "Contact 100</td>", "Contact 100</th>"))


def test_refusals_do_not_quote_the_document() -> None:
    with pytest.raises(MalformedCdaError) as refusal:
        read_header(edited(vsm(), CAMILLE.ins, "2850799"))
    assert "2850799" not in repr(refusal.value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2024", datetime(2024, 1, 1, tzinfo=UTC)),
        ("20240106", datetime(2024, 1, 6, tzinfo=UTC)),
        ("202401061136+0100", datetime(2024, 1, 6, 10, 36, tzinfo=UTC)),
        ("20240106113623.512-0330", datetime(2024, 1, 6, 15, 6, 23, tzinfo=UTC)),
        ("20240106113623+100", datetime(2024, 1, 6, 10, 36, 23, tzinfo=UTC)),
        ("20240106113623+2", datetime(2024, 1, 6, 9, 36, 23, tzinfo=UTC)),
        ("20240106113623+9900", None),
        ("20241306", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_times_are_read_at_every_precision(value: str | None, expected: datetime | None) -> None:
    assert moment(value) == expected


STREAM_20_MB = """
import psutil
from services.documents.cda import HeaderReader
from tests.unit.documents.specimens import biology

document = biology()
cut = document.index(b"</text>")
reader, process = HeaderReader(), psutil.Process()
reader.feed(document[:cut])
before = process.memory_info().rss
for _ in range(320):
    reader.feed(b"QUJD" * 16384)
assert process.memory_info().rss - before < 3_000_000
reader.feed(document[cut:])
reader.close()
"""


def test_a_wrapped_file_of_20_mb_is_never_whole_in_memory() -> None:
    done = subprocess.run([sys.executable, "-c", STREAM_20_MB], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
