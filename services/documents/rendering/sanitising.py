"""Sanitises HTML: a short list of elements and attributes passes, nothing that acts does."""

import re

import nh3

_ANY = {"class", "id", "lang"}
_SPANS = _ANY | {"colspan", "rowspan"}
_ATTRIBUTES = {
    **dict.fromkeys(("div", "p", "section", "small", "strong", "em", "u", "del", "ins", "span", "h1"), _ANY),
    **dict.fromkeys(("ul", "ol", "li", "table", "caption", "thead", "tbody", "tfoot", "tr"), _ANY),
    "a": {"href", "download", "id"},
    "img": {"src", "alt"},
    "td": _SPANS,
    "th": _SPANS | {"scope"},
}
_TAGS = {
    *_ATTRIBUTES,
    *("main", "header", "h2", "h3", "h4", "dl", "dt", "dd", "br", "sub", "sup", "figure", "figcaption"),
}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif);base64,[A-Za-z0-9+/]+={0,2}")
_PDF = re.compile(r"data:application/pdf;base64,JVBERi0[A-Za-z0-9+/]+={0,2}")
"""The data must begin as a PDF does, whatever type is declared."""
_NAME = re.compile(r"\w[\w ,()'-]{0,90}\.pdf")
_ANCHOR = re.compile(r"#n-(?:[\w.-]|%[0-9A-F]{2}){1,200}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,3}")
_NUMBER = re.compile(r"\d{1,3}", re.ASCII)
_VALUES_ANYWHERE = {"colspan": (_NUMBER,), "rowspan": (_NUMBER,), "lang": (_LANGUAGE,)}
_VALUES = {("a", "href"): (_ANCHOR, _PDF), ("a", "download"): (_NAME,), ("img", "src"): (_PICTURE,)}


def _value_kept(tag: str, attribute: str, value: str) -> str | None:
    patterns = _VALUES_ANYWHERE.get(attribute) or _VALUES.get((tag, attribute))
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
