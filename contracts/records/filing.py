"""Messages about the filing plan, which maps documents to sections of the record."""

from datetime import datetime
from enum import StrEnum

import msgspec

from contracts.vocabulary import Section


class AuthorKind(StrEnum):
    """Kind of author, as filing rules distinguish them."""

    PROFESSIONNEL = "professionnel"
    PATIENT = "patient"
    AUTRE = "autre"
    """A fund, a device, an establishment."""


class FilingRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Documents of this type by this kind of author are shown in `section`; None matches all."""

    section: Section
    type_code: str | None = None
    author: AuthorKind | None = None


class FilingPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first matching rule decides; if none matches, the section of the document's type."""

    version: str
    rules: tuple[FilingRule, ...]


class LoadFiling(msgspec.Struct, frozen=True, kw_only=True):
    """Compare a plan (JSON) with the current one; with `load`, also put it into force."""

    text: str
    load: bool = False


class FilingMove(msgspec.Struct, frozen=True, kw_only=True):
    """Documents of this type by this kind of author change section."""

    type_code: str
    author: AuthorKind
    before: Section
    after: Section


class FilingDiff(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan changes against the current one."""

    version: str
    against: str
    moves: tuple[FilingMove, ...]
    loaded: bool = False


class ShowFiling(msgspec.Struct, frozen=True, kw_only=True):
    """Get the plan in force."""


class FilingShown(msgspec.Struct, frozen=True, kw_only=True):
    """The plan in force; `to_refile`: documents still filed by an older one; `loaded_at` None: built in."""

    version: str
    text: str
    loaded_at: datetime | None
    to_refile: int
