"""A CDA as a page or as clinical data: its narrative rendered, or the file that it wraps."""

from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from chassis.static import csp_hash, read_text
from contracts.errors.execution import NotRenderable
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST
from services.documents.embedded import decoded
from services.documents.rendering.clinical_data import clinical_data_in
from services.documents.rendering.files import CLINICAL_DATA, Page, PageHead, head_of_file
from services.documents.rendering.media import EmbeddedMedia
from services.documents.rendering.sanitising import safe
from services.documents.rendering.summaries import summary
from translations.catalogue import catalogue

MOST_MARKUP = 60_000
"""Tags and attributes of a document; the largest real ones have 9,000. Tree and page need some 500 bytes for each."""
MOST_PAGE_CHARACTERS = 10_000_000
"""Of a page without its pictures. It is about as long as its document, unless that is built to be multiplied."""
_HERE = Path(__file__).parent
_CSS = read_text("services.documents.rendering", "static/page.css")
_POLICY = (
    f"default-src 'none'; style-src {csp_hash(_CSS)}; img-src data:; form-action 'none'; base-uri 'none'; "
    "frame-ancestors 'self'; sandbox allow-downloads"
)
"""Content-Security-Policy of a page: its style sheet, inline pictures, no scripts; an embedded PDF may be saved."""
_HEAD = PageHead("text/html; charset=utf-8", _POLICY)
_FRAME = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"><style>{style}</style></head><body>{body}</body></html>'
)
_V3 = {"h": "urn:hl7-org:v3"}
_INS_OIDS = f" {OID_NIR} {OID_NIA} {OID_TEST} {OID_DEMO} "
_DOCUMENT, _SECTION = "{urn:hl7-org:v3}ClinicalDocument", "{urn:hl7-org:v3}section"
_AFTER = "</header>"
_SUMMARIES = frozenset({"SYNTH", "60591-5"})
"""Document types that begin with a summary: the VSM and the IPS."""
_LABELS = catalogue("documents").of_codes(
    "page.{}",
    (
        *("patient", "birth_name", "born", "male", "female", "by", "signed", "kept", "act", "version", "replaces"),
        *("nothing", "attached", "missing", "elsewhere", "again", "region", "attachments", "pdf", "kilobytes"),
        "deleted",
    ),
)
"""By the parameters of the style sheet."""


def page_of(plain: bytes, language: str) -> Page:
    """A structured CDA as HTML, or the file that a CDA wraps.

    Args:
        language: of the labels, fr or en.

    Raises:
        NotRenderable: no CDA that can be shown, or a wrapped file of no kind that records accept.
    """
    document = _document_in(plain)
    # What a step does not need is freed before it: bytes, tree and HTML are each as large as the document.
    del plain
    wrapped = document.find("h:component/h:nonXMLBody/h:text", _V3)
    if wrapped is not None:
        return _file_page(_unwrapped(wrapped))
    title = (document.findtext("h:title", "", _V3) or "").strip()
    overview = summary(clinical_data_in(document), language) if _is_summary(document) else ""
    media = EmbeddedMedia(document)
    _remove_entries(document)
    transformed = _transformed(document, language)
    del document
    html = str(transformed)
    del transformed
    clean = safe(html.replace(_AFTER, _AFTER + overview, 1) if overview else html)
    del html
    if len(clean) + media.text_length > MOST_PAGE_CHARACTERS:
        raise NotRenderable
    before, _, after = _FRAME.partition("{body}")
    frame = before.format(language=language, title=escape(title), style=_CSS)
    body = b"".join((frame.encode(), *(piece.encode() for piece in media.insert(clean)), after.encode()))
    return Page(_HEAD.media_type, _HEAD.policy, body)


def clinical_data_page(plain: bytes) -> Page:
    """The coded entries of a CDA as JSON (ClinicalData).

    Raises:
        NotRenderable: no CDA that can be read.
    """
    data = msgspec.json.encode(clinical_data_in(_document_in(plain)))
    return Page(CLINICAL_DATA.media_type, CLINICAL_DATA.policy, data)


def _document_in(plain: bytes) -> etree._Element:
    """The one ClinicalDocument of a file, whose header was read when it was deposited.

    Raises:
        NotRenderable: there is none, or a second one, which another reader might take for the document.
    """
    if plain.count(b"<") + plain.count(b"=") > MOST_MARKUP:
        raise NotRenderable
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        documents = list(etree.fromstring(plain, parser).iter(_DOCUMENT))
    except etree.XMLSyntaxError:
        raise NotRenderable from None
    if len(documents) != 1:
        raise NotRenderable
    return documents[0]


def _unwrapped(wrapped: etree._Element) -> bytes:
    if len(wrapped):
        raise NotRenderable
    text = wrapped.text or ""
    return decoded(text) if wrapped.get("representation") == "B64" else text.strip().encode()


def _file_page(file: bytes) -> Page:
    head = head_of_file(file)
    return Page(head.media_type, head.policy, file)


def _remove_entries(document: etree._Element) -> None:
    """Free the coded entries, which no page shows; often they are most of the document."""
    for section in document.iter(_SECTION):
        for entry in section.findall("h:entry", _V3):
            section.remove(entry)


def _transformed(document: etree._Element, language: str) -> etree._XSLTResultTree:
    """The document after the style sheet."""
    labels: dict[str, Any] = {name: etree.XSLT.strparam(_LABELS.text(name, language)) for name in _LABELS.keys}
    labels["ins_oids"] = etree.XSLT.strparam(_INS_OIDS)
    try:
        return _stylesheet()(document.getroottree(), **labels)
    except etree.XSLTApplyError:
        raise NotRenderable from None


def _is_summary(document: etree._Element) -> bool:
    code = document.find("h:code", _V3)
    return code is not None and code.get("code") in _SUMMARIES


def load_stylesheet() -> None:
    """Read the style sheet, which is otherwise read for the first page."""
    _stylesheet()


@cache
def _stylesheet() -> etree.XSLT:
    return etree.XSLT(etree.parse(_HERE / "page.xsl"), access_control=etree.XSLTAccessControl.DENY_ALL)
