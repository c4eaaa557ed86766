"""Identity traits as what is deposited states them, and the form in which names are compared."""

import unicodedata

import msgspec

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae"})
"""They have no decomposition in Unicode; the national form of a name writes them as two letters."""


class ClaimedTraits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a document, or its depositor, states of the patient; empty for what is not stated.

    Used names and used given names are left out: they may be any.
    """

    birth_names: tuple[str, ...] = ()
    family_names: tuple[str, ...] = ()
    """Stated without saying whether they are birth names or used names."""
    birth_given_names: tuple[str, ...] = ()
    given_names: tuple[str, ...] = ()
    """Stated without saying whether they are those given at birth; each may hold several."""
    birth_date: str = ""
    """`YYYY`, `YYYY-MM` or `YYYY-MM-DD`: only what is known of it."""
    sex: str = ""
    """F or M."""


def fold_name(name: str) -> str:
    """The form in which a name is compared: letters without accents or case, other characters as one space."""
    decomposed = unicodedata.normalize("NFKD", name.casefold().translate(_LIGATURES))
    bare = (letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join("".join(letter if letter.isalnum() else " " for letter in bare).split())
