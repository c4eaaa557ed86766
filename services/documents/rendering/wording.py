"""Codes and words that say that there is nothing, or nothing known, instead of naming something."""

import re

_NONE_KNOWN = frozenset(
    (
        *(f"no-known-{what}" for what in ("allergies", "problems", "medications", "immunizations", "procedures")),
        *(f"no-known-{what}-allergies" for what in ("medication", "environmental", "food")),
        *("716186003", "160244002", "409137002", "428607008", "429625007", "428197003", "716220001", "160245001"),
        *("1003774007", "787481004", "182849000", "408350003", "787480003", "1149210004", "716184000", "716185004"),
        *("788141000000101", "64970000", "160243008", "221360009"),
    )
)
"""No known allergy, problem, drug ...: codes of the IPS and of SNOMED CT."""
_NO_INFORMATION = frozenset(
    (
        *(f"no-{what}-info" for what in ("allergy", "problem", "medication", "immunization", "procedure", "device")),
        *("1631000175102", "182904002", "787479001", "261665006", "373068000", "787482006"),
    )
)
_NONE = re.compile(
    r"(?:pas|absences?) d['’]|(?:aucune?s?|pas de|absences? (?:de|du|des)|pas (?:de |d['’])?\w+ connue?s?|néant|ras"
    r"|sans (?:allergie|antécédent|traitement|problème|pathologie|particularité)s?|no known|none|no current"
    r"|no history|no evidence|absence of|denies|negative for|not known to|absente?s?|r\.a\.s)(?!\w)",
    re.IGNORECASE,
)
_UNINFORMATIVE = re.compile(
    r"pas d['’]informations?.*|(?:sans|aucune) informations?.*|informations? non .*"
    r"|non (?:renseign|précis|document|communiqu|connu|disponible)\w*|inconnue?s?|unknown|no information.*"
    r"|not (?:known|asked|available)|ne sait pas|nsp|sans objet|n/?a|ind[ée]termin[ée]e?s?|\W*",
    re.IGNORECASE | re.DOTALL,
)
_YES = re.compile(r"(?:oui|yes|vrai|true|x|présente?|fait|coché)\W*(?:\(.*\))?", re.IGNORECASE)
_NO = re.compile(r"(?:non|no|faux|false|n|jamais|never)\W*(?:\(.*\))?", re.IGNORECASE)


def is_none_known(code: str) -> bool:
    """Whether a code states that nothing of a kind is known."""
    return code in _NONE_KNOWN


def is_no_information(code: str) -> bool:
    """Whether a code states that nothing was told."""
    return code in _NO_INFORMATION


def says_none(words: str) -> bool:
    """Whether they say that something is absent."""
    return _NONE.match(words.strip()) is not None


def is_uninformative(words: str) -> bool:
    """Whether they say that nothing was told, or have no letter."""
    return _UNINFORMATIVE.fullmatch(words.strip()) is not None


def says_yes(words: str) -> bool:
    """Whether they only affirm a question."""
    return _YES.fullmatch(words.strip()) is not None


def says_no(words: str) -> bool:
    """Whether they only deny a question."""
    return _NO.fullmatch(words.strip()) is not None
