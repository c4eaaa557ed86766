"""A stored document as a page: a structured CDA rendered, what a CDA wraps unwrapped, other files as they are."""

import base64
from binascii import Error
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import msgspec
from lxml import etree

from chassis.static import csp_hash, read_text
from contracts.clinical_data import ClinicalData
from contracts.codes.formats import MediaType
from contracts.errors.execution import NotRenderable
from services.documents.rendering.clinical_data import clinical_data_in
from services.documents.rendering.sanitising import safe
from services.documents.rendering.summaries import summary
from translations.catalogue import catalogue

MOST_BYTES = 5_000_000
"""Of a document that is rendered; a larger one is only downloaded."""
_HERE = Path(__file__).parent
_CSS = read_text("services.documents.rendering", "static/page.css")
POLICY = (
    f"default-src 'none'; style-src {csp_hash(_CSS)}; img-src data:; frame-ancestors 'self'; sandbox allow-downloads"
)
"""Content-Security-Policy of a page: its style sheet, inline pictures, no scripts; an embedded PDF may be saved."""
_POLICY_OF_FILES = (
    "default-src 'none'; object-src 'self'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
)
"""Of a PDF, a picture or a text that the browser shows; a sandbox would disable its PDF viewer."""
_FRAME = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta name="viewport" content="width=device-width"><style>{style}</style></head><body>{body}</body></html>'
)
_V3 = {"h": "urn:hl7-org:v3"}
_AFTER = "</header>"
_SUMMARIES = frozenset({"SYNTH", "60591-5"})
"""Document types that begin with a summary: the VSM and the IPS."""
_LABELS = catalogue("documents").of_codes(
    "page.{}", ("patient", "born", "by", "signed", "kept", "nothing", "pdf", "attached")
)
"""By the parameters of the style sheet."""


class Page(msgspec.Struct, frozen=True):
    """A body with its media type and its Content-Security-Policy."""

    media_type: str
    body: bytes
    policy: str = POLICY


def page_of(media_type: str, plain: bytes, language: str) -> Page:
    """A structured CDA as HTML, the file that a CDA wraps, or any other file as it is.

    Args:
        language: of the labels, fr or en.

    Raises:
        NotRenderable: no well-formed XML, or a wrapped file that cannot be unwrapped.
    """
    if media_type != MediaType.CDA:
        return _file(media_type, plain)
    root = _parsed(plain)
    wrapped = root.find(".//h:ClinicalDocument/h:component/h:nonXMLBody/h:text", _V3)
    if wrapped is None:
        wrapped = root.find("./h:component/h:nonXMLBody/h:text", _V3)
    return _rendered(root, language) if wrapped is None else _unwrapped(wrapped)


def clinical_data_page(media_type: str, plain: bytes) -> Page:
    """The document's coded entries as JSON (ClinicalData); empty for files that are no CDA.

    Raises:
        NotRenderable: no well-formed XML.
    """
    data = clinical_data_in(_parsed(plain)) if media_type == MediaType.CDA else ClinicalData()
    return Page("application/json", msgspec.json.encode(data))


def _parsed(plain: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(plain, parser)
    except etree.XMLSyntaxError:
        raise NotRenderable from None


def _unwrapped(wrapped: etree._Element) -> Page:
    text = wrapped.text or ""
    try:
        body = base64.b64decode(text) if wrapped.get("representation") == "B64" else text.strip().encode()
    except (Error, ValueError):
        raise NotRenderable from None
    return _file(wrapped.get("mediaType") or MediaType.TEXT, body)


def _file(media_type: str, body: bytes) -> Page:
    charset = "; charset=utf-8" if media_type == MediaType.TEXT else ""
    return Page(media_type + charset, body, _POLICY_OF_FILES)


def _rendered(root: etree._Element, language: str) -> Page:
    labels: dict[str, Any] = {name: etree.XSLT.strparam(_LABELS.text(name, language)) for name in _LABELS.keys}
    try:
        html = str(_stylesheet()(root, **labels))
    except etree.XSLTApplyError:
        raise NotRenderable from None
    title = escape((root.findtext(".//h:title", "", _V3) or "").strip())
    overview = summary(clinical_data_in(root), language) if _is_summary(root) else ""
    page = _FRAME.format(
        language=language, title=title, style=_CSS, body=safe(html.replace(_AFTER, _AFTER + overview, 1))
    )
    return Page("text/html; charset=utf-8", page.encode())


def _is_summary(root: etree._Element) -> bool:
    code = root.find("./h:code", _V3)
    code = root.find(".//h:ClinicalDocument/h:code", _V3) if code is None else code
    return code is not None and code.get("code") in _SUMMARIES


@cache
def _stylesheet() -> etree.XSLT:
    return etree.XSLT(etree.parse(_HERE / "page.xsl"), access_control=etree.XSLTAccessControl.DENY_ALL)
