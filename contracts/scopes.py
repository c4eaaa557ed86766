"""What an app may be granted: SMART on FHIR 2.2 scopes, read and written as the law understands them."""

import re
from collections.abc import Iterable

import msgspec

from contracts.vocabulary import Section

SECTIONS_SYSTEM = "https://carnet.example/fhir/CodeSystem/sections"
"""The code system of sections, by which a scope is narrowed: `?category=<system>|<section>`."""

ALL_SECTIONS = tuple(sorted(Section))
LONGEST = 4_000
"""Characters of a `scope` that are looked at."""

_DOCUMENTS = "patient/DocumentReference.rs"
_FOLLOWING = ("patient/Binary.r", "patient/List.rs")
"""What is readable with the documents it belongs to."""
_IDENTITY = "patient/Patient.rs"
_OPENID, _FHIR_USER, _OFFLINE, _LAUNCH = "openid", "fhirUser", "offline_access", "launch/patient"
_CATEGORY = f"?category={SECTIONS_SYSTEM}|"
_RESOURCE = re.compile(r"patient/(?P<type>DocumentReference|Patient|\*)\.(?P<doing>read|\*|c?r?u?d?s?)")


class Scopes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What scopes come to; whatever is not understood grants nothing.

    `sections`: of documents, read and searched. `identity`: the holder's traits and INS. `offline`: also while the
    holder is away. `openid`: a signed word on who the holder is; `fhir_user`: with the address of their Patient.
    """

    sections: tuple[Section, ...] = ()
    identity: bool = False
    offline: bool = False
    openid: bool = False
    fhir_user: bool = False
    launch: bool = False

    def within(self, other: "Scopes") -> "Scopes":
        """What both hold."""
        return Scopes(
            sections=tuple(section for section in self.sections if section in other.sections),
            identity=self.identity and other.identity,
            offline=self.offline and other.offline,
            openid=self.openid and other.openid,
            fhir_user=self.fhir_user and other.fhir_user,
            launch=self.launch and other.launch,
        )

    @property
    def reads(self) -> bool:
        """Whether anything of the record can be read by them."""
        return bool(self.sections) or self.identity


def read_scopes(text: str) -> Scopes:
    """The scopes in a text, as a set: order and repetition count for nothing."""
    sent = set(text[:LONGEST].split())
    sections: set[Section] = set()
    identity = False
    for scope in sent:
        found, doing, category = _parts(scope)
        if found in {"DocumentReference", "*"} and {"r", "s"} <= doing:
            sections.update(_sections_in(category))
        if found in {"Patient", "*"} and "r" in doing and not category:
            identity = True
    return Scopes(
        sections=tuple(sorted(sections)),
        identity=identity,
        offline=_OFFLINE in sent,
        openid=_OPENID in sent,
        fhir_user=_FHIR_USER in sent,
        launch=_LAUNCH in sent,
    )


def write_scopes(scopes: Scopes) -> str:
    """Scopes as they are granted, always in the same words."""
    flags = (
        (_OPENID, scopes.openid),
        (_FHIR_USER, scopes.fhir_user),
        (_LAUNCH, scopes.launch),
        (_OFFLINE, scopes.offline),
        (_IDENTITY, scopes.identity),
    )
    return " ".join([*(word for word, is_granted in flags if is_granted), *_documents(scopes.sections)])


def _documents(sections: Iterable[Section]) -> list[str]:
    granted = tuple(sorted(sections))
    if not granted:
        return []
    if granted == ALL_SECTIONS:
        return [_DOCUMENTS, *_FOLLOWING]
    return [*(f"{_DOCUMENTS}{_CATEGORY}{section.value}" for section in granted), *_FOLLOWING]


def _parts(scope: str) -> tuple[str, set[str], str]:
    """Type, letters of what may be done, and category; nothing when it does not read."""
    plain, _, query = scope.partition("?")
    match = _RESOURCE.fullmatch(plain)
    if match is None or not match["doing"]:
        return "", set(), ""
    doing = {"read": "rs", "*": "cruds"}.get(match["doing"], match["doing"])
    return match["type"], set(doing), f"?{query}" if query else ""


def _sections_in(category: str) -> Iterable[Section]:
    if not category:
        return ALL_SECTIONS
    code = category.removeprefix(_CATEGORY)
    return [Section(code)] if category.startswith(_CATEGORY) and code in set(Section) else []


SUPPORTED = (
    _OPENID,
    _FHIR_USER,
    _LAUNCH,
    _OFFLINE,
    _IDENTITY,
    _DOCUMENTS,
    *_FOLLOWING,
    *(f"{_DOCUMENTS}{_CATEGORY}{section.value}" for section in ALL_SECTIONS),
)
"""Every scope that grants something, in the words they are granted in."""
