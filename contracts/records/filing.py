"""What is asked and told of the filing plan: in which section documents are found, as the operator decides."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.vocabulary import Section


class AuthorKind(StrEnum):
    """Who wrote a document, as far as filing asks."""

    PROFESSIONNEL = "professionnel"
    PATIENT = "patient"
    AUTRE = "autre"
    """A fund, a device, an establishment."""


class FilingRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Documents of this type, by this kind of author, go there; what is not named matches all."""

    section: Section
    type_code: str | None = None
    author: AuthorKind | None = None


class FilingPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first rule that matches files a document; where none does, the section of its type."""

    version: str
    rules: tuple[FilingRule, ...]


class LoadFiling(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as JSON; without `load` it is only compared with the one in force."""

    text: str
    load: bool = False


class Refiled(msgspec.Struct, frozen=True, kw_only=True):
    """Documents of this type by this kind of author move."""

    type_code: str
    author: AuthorKind
    before: Section
    after: Section


class FilingDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan changes against the one in force."""

    version: str
    against: str
    moves: tuple[Refiled, ...]
    loaded: bool = False


class ShowFiling(msgspec.Struct, frozen=True, kw_only=True):
    """The plan in force?"""


class FilingShown(msgspec.Struct, frozen=True, kw_only=True):
    """The plan in force, and how many documents are still filed by an older one; `loaded_at` None: built in."""

    version: str
    text: str
    loaded_at: datetime | None
    to_refile: int
