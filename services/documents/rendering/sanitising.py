"""Sanitises HTML: a short list of elements and attributes passes, nothing that acts does."""

import re

import nh3

_SPANS = {"colspan", "rowspan", "id"}
_ATTRIBUTES = {
    "a": {"href", "download"},
    "div": {"class"},
    "img": {"src", "alt"},
    "li": {"id"},
    "p": {"class"},
    "section": {"class"},
    "small": {"id"},
    "strong": {"class", "id"},
    "em": {"id"},
    "u": {"id"},
    "span": {"id"},
    "td": _SPANS,
    "th": _SPANS | {"scope"},
}
_TAGS = {
    *_ATTRIBUTES,
    *("main", "header", "section", "h1", "h2", "dl", "dt", "dd", "br", "sub", "sup", "ul", "ol"),
    *("table", "caption", "thead", "tbody", "tfoot", "tr", "figure", "figcaption"),
}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/]+={0,2}")
_PDF = re.compile(r"data:application/pdf;base64,JVBERi0[A-Za-z0-9+/]+={0,2}")
"""The data must begin as a PDF does, whatever type is declared."""
_NAME = re.compile(r"document\.pdf")
_ANCHOR = re.compile(r"#n-[\w.-]{1,200}", re.ASCII)
_NUMBER = re.compile(r"\d{1,3}", re.ASCII)
_VALUES = {("a", "href"): (_ANCHOR, _PDF), ("a", "download"): (_NAME,), ("img", "src"): (_PICTURE,)}


def _value_kept(tag: str, attribute: str, value: str) -> str | None:
    patterns = (_NUMBER,) if attribute in {"colspan", "rowspan"} else _VALUES.get((tag, attribute))
    return value if patterns is None or any(pattern.fullmatch(value) for pattern in patterns) else None


def safe(html: str) -> str:
    """The HTML without everything else; links lead to anchors in the page, pictures and PDFs are data URLs."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=_value_kept,
        url_schemes={"data"},
        link_rel=None,
        strip_comments=True,
    )
