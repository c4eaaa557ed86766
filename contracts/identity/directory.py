"""What a patient finds in the directory of professionals: only what the public directory publishes."""

import msgspec

from contracts.identity.workplaces import Workplace
from contracts.vocabulary import Finess, Rpps

SEARCHED_LETTERS = 2
"""A name that is looked for has as many letters or digits at least."""
LISTED_AT_MOST = 20
NAMED_AT_MOST = 200
"""Numbers in one request, of professionals and of structures each."""


class SearchProfessionals(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Search the professionals of the directory by name, whatever the order of its words, case and accents.

    Each word of `name` begins a family or given name; each word of `structure` begins a word in the name of one of
    the structures where they work. `profession`: a code of TRE_G15. Empty: any.
    """

    name: str
    profession: str = ""
    structure: str = ""


class DirectoryProfessional(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A professional with title, profession code (TRE_G15) and the structures where they work."""

    rpps: Rpps
    name: str
    profession: str
    structures: tuple[Workplace, ...] = ()


class ProfessionalsFound(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Those found, by name, 20 at most; `more`: there are others, and more has to be told of whom is meant."""

    professionals: tuple[DirectoryProfessional, ...]
    more: bool = False


class NameProfessionals(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Tell the names of professionals and structures by their numbers, 200 of each at most."""

    rpps: tuple[Rpps, ...] = ()
    structures: tuple[Finess, ...] = ()


class DirectoryNames(msgspec.Struct, frozen=True, kw_only=True):
    """Those whom the directory lists, or did, by number."""

    professionals: tuple[DirectoryProfessional, ...]
    structures: tuple[Workplace, ...]
