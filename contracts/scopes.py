"""SMART on FHIR 2.2 scopes that an app may be granted: parsing and canonical formatting."""

import re
from collections.abc import Iterable

import msgspec

from contracts.vocabulary import Section

SECTIONS_SYSTEM = "https://carnet.example/fhir/CodeSystem/sections"
"""Code system of sections; narrows a scope: `?category=<system>|<section>`."""

ALL_SECTIONS = tuple(sorted(Section))
LONGEST = 4_000
"""Characters of a `scope` that are read; the rest is ignored, with a word that goes on in it."""

_DOCUMENTS = "patient/DocumentReference.rs"
_BINARIES, _LISTS = "patient/Binary.r", "patient/List.rs"
_IDENTITY, _IDENTITY_SEARCH = "patient/Patient.r", "patient/Patient.rs"
_OPENID, _FHIR_USER, _OFFLINE, _LAUNCH = "openid", "fhirUser", "offline_access", "launch/patient"
_CATEGORY = f"?category={SECTIONS_SYSTEM}|"
_WORD_AT_END = re.compile(r"\S+\Z")
_RESOURCE_SCOPE = re.compile(
    r"patient/(?P<type>DocumentReference|Binary|List|Patient|\*)\.(?P<permissions>read|\*|c?r?u?d?s?)"
)


class Scopes(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Parsed scopes; an unknown scope grants nothing.

    `sections`: of documents that may be read and searched; `binaries`: their contents, `lists`: their submission
    sets. `identity`: the holder's traits and INS; `identity_search`: a search may be by them, which apps do not use.
    `offline`: access while the holder is away. `openid`: an id token; `fhir_user`: with the URL of the holder's
    Patient.
    """

    sections: tuple[Section, ...] = ()
    identity: bool = False
    offline: bool = False
    openid: bool = False
    fhir_user: bool = False
    launch: bool = False
    binaries: bool = False
    lists: bool = False
    identity_search: bool = False

    def within(self, other: "Scopes") -> "Scopes":
        """The intersection of both."""
        return Scopes(
            sections=tuple(section for section in self.sections if section in other.sections),
            identity=self.identity and other.identity,
            offline=self.offline and other.offline,
            openid=self.openid and other.openid,
            fhir_user=self.fhir_user and other.fhir_user,
            launch=self.launch and other.launch,
            binaries=self.binaries and other.binaries,
            lists=self.lists and other.lists,
            identity_search=self.identity_search and other.identity_search,
        )

    @property
    def reads(self) -> bool:
        """Whether they allow reading anything."""
        return bool(self.sections) or self.identity


def read_scopes(text: str) -> Scopes:
    """Parse a `scope` parameter; order and repetition do not matter."""
    # One character more, so that a word which ends there is whole; a narrowed scope without its end would be wider.
    read = text[: LONGEST + 1]
    requested = set((read if len(text) <= LONGEST else _WORD_AT_END.sub("", read)).split())
    sections: set[Section] = set()
    whole: set[str] = set()
    for scope in requested:
        resource_type, permissions, category = _parts(scope)
        if resource_type in {"DocumentReference", "*"} and {"r", "s"} <= permissions:
            sections.update(_sections_in(category))
        if not category:
            types = ("Binary", "List", "Patient") if resource_type == "*" else (resource_type,)
            whole.update(f"{name}.{letter}" for name in types for letter in permissions)
    return Scopes(
        sections=tuple(sorted(sections)),
        identity="Patient.r" in whole,
        identity_search={"Patient.r", "Patient.s"} <= whole,
        binaries="Binary.r" in whole,
        lists={"List.r", "List.s"} <= whole,
        offline=_OFFLINE in requested,
        openid=_OPENID in requested,
        fhir_user=_FHIR_USER in requested,
        launch=_LAUNCH in requested,
    )


def write_scopes(scopes: Scopes) -> str:
    """Format scopes in canonical order."""
    flags = (
        (_OPENID, scopes.openid),
        (_FHIR_USER, scopes.fhir_user),
        (_LAUNCH, scopes.launch),
        (_OFFLINE, scopes.offline),
        (_IDENTITY_SEARCH if scopes.identity_search else _IDENTITY, scopes.identity),
        (_BINARIES, scopes.binaries and bool(scopes.sections)),
        (_LISTS, scopes.lists and bool(scopes.sections)),
    )
    return " ".join([*(word for word, is_granted in flags if is_granted), *_documents(scopes.sections)])


def _documents(sections: Iterable[Section]) -> list[str]:
    granted = tuple(sorted(sections))
    if not granted:
        return []
    if granted == ALL_SECTIONS:
        return [_DOCUMENTS]
    return [f"{_DOCUMENTS}{_CATEGORY}{section.value}" for section in granted]


def _parts(scope: str) -> tuple[str, set[str], str]:
    """Resource type, letters of the permissions, and query; empty if the scope is not understood."""
    plain, _, query = scope.partition("?")
    match = _RESOURCE_SCOPE.fullmatch(plain)
    if match is None or not match["permissions"]:
        return "", set(), ""
    permissions = {"read": "rs", "*": "cruds"}.get(match["permissions"], match["permissions"])
    return match["type"], set(permissions), f"?{query}" if query else ""


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
    _IDENTITY_SEARCH,
    _BINARIES,
    _LISTS,
    _DOCUMENTS,
    *(f"{_DOCUMENTS}{_CATEGORY}{section.value}" for section in ALL_SECTIONS),
)
"""Every scope that can be granted, in canonical form."""
