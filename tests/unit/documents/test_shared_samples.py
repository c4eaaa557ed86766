"""Headers of the official sample documents, where available, agree with metadata that were extracted separately."""

import csv
from pathlib import Path

import pytest

from contracts.cda import CdaHeader, NonXmlBody
from contracts.codes.documents import document_types
from contracts.codes.formats import format_of_media_type, format_of_templates
from services.documents.cda import read_header

DATA = Path(__file__).parents[4] / "shared" / "data"
METADATA = DATA / "derived" / "cda_header_metadata.csv"

pytestmark = pytest.mark.skipif(not METADATA.exists(), reason=f"no official samples at {DATA}")


def table(name: str) -> list[dict[str, str]]:
    path = DATA / "derived" / name
    if not path.exists():
        return []
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def metadata(header: CdaHeader) -> dict[str, str]:
    """The header with the columns of the table."""
    body, (root, _, extension) = header.body, header.unique_id.partition("^")
    return {
        "typeCode": header.type_code,
        "typeCodeSystem": header.type_system,
        "title": header.title,
        "confidentiality": header.confidentiality,
        "effectiveTime": f"{header.effective_time:%Y%m%d%H%M%S%z}",
        "uniqueId_root": root,
        "uniqueId_ext": extension,
        "setId": header.set_id or "",
        "version": str(header.version),
        "templateIds": " ".join(header.template_ids),
        "ins": header.patient.ins.matricule,
        "body": f"N1 {body.media_type}"
        if isinstance(body, NonXmlBody)
        else f"N3 structuredBody ({body.sections} sections)",
        "legalAuthenticator": "yes" if header.legal_authenticator else "",
        "authors": str(len(header.authors)),
        "relatedDocument": "RPLC" if header.replaced_unique_id else "",
    }


@pytest.mark.parametrize("row", table(METADATA.name), ids=lambda row: row["file"])
def test_the_header_agrees_with_the_table(row: dict[str, str]) -> None:
    header = read_header((DATA / "cda" / row["file"]).read_bytes())
    found = metadata(header)
    assert found == {name: row[name] for name in found}
    # One document has the social security number after the INS; the table has its OID, the header keeps both.
    assert (row["ins"], row["ins_oid"]) in {(each.extension, each.root) for each in header.patient.identifiers}
    assert header.format_code is not None


def test_types_and_classes_agree_with_the_association() -> None:
    rows = table("ass_x16_type_class_dmp.csv")
    assert {row["typeCode"]: row["classCode"] for row in rows} == {
        row.code: row.class_code for row in document_types().values()
    }


def test_formats_agree_with_the_associations() -> None:
    for row in table("ass_a11_a12_formatcode.csv"):
        structured = "templateId" in row["source"]
        found = format_of_templates((row["key"],)) if structured else format_of_media_type(row["key"])
        assert found == row["formatCode"]
