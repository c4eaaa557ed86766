"""The texts of acts, persons and reasons, of which the sentences of the journal are made."""

import re

from contracts.errors.registry import all_refusals
from contracts.vocabulary import AccessMode, Act, Capacity, Role
from translations.catalogue import catalogue

_TEXTS = catalogue("journal")

ACTS_DONE = _TEXTS.of_codes("act.{}.done", Act)
"""French participle after « a », English past tense; to the holder of the record, like all below."""
ACTS_REFUSED = _TEXTS.of_codes("act.{}.refused", Act)
"""French noun after « s'est vu refuser », English infinitive."""
MODES = _TEXTS.of_codes("mode.{}", (mode for mode in AccessMode if mode is not AccessMode.NORMAL))
ROLES = _TEXTS.of_codes("role.{}", Role)
CAPACITIES = _TEXTS.of_codes("capacity.{}", Capacity)

ALLOWED = _TEXTS.of_codes(
    "allowed.{}",
    (
        *("ajout", "application", "application_representant", "auteur", "autorisation", "card_and_code"),
        *("carte_vitale", "coordonnees", "cps", "delai", "equipe_de_soins", "levee", "medecin_traitant"),
        *("mot_de_passe", "opposee", "organisation", "oubli", "passkey", "password_and_app", "password_and_code"),
        *("annuaire", "carte_perdue", "carte_revoquee", "deces", "radiation"),
        *("in_person", "letter", "permis", "pro_sante_connect", "referencee", "retire", "suspendue", "traits"),
    ),
)
"""By the code of the rule that allowed; of other rules the sentence says enough."""
REFUSED = _TEXTS.of_codes("refused.{}", all_refusals())
"""By the code of the refusal."""

_PHRASES = (
    *("of_record", "record", "of_account", "account", "authorisation", "opposition", "representative", "caregiver"),
    *("app_authorised", "not_given", "blocked", "opposed"),
)
PHRASES_TO_HOLDER = _TEXTS.of_codes("phrase.{}.holder", _PHRASES)
"""What the texts above say to the holder; longer phrases first."""
PHRASES_TO_OTHERS = _TEXTS.of_codes("phrase.{}.others", _PHRASES)
"""The same as another reader reads it."""


def for_others(text: str, language: str) -> str:
    """A text to the holder, as another reader reads it."""
    for phrase in _PHRASES:
        text = text.replace(PHRASES_TO_HOLDER.text(phrase, language), PHRASES_TO_OTHERS.text(phrase, language))
    return text


_ABOUT_SOFTWARE = frozenset(
    {
        Act.AUTORISATION_APPLICATION,
        Act.FIN_APPLICATION,
        Act.REFERENCEMENT_APPLICATION,
        Act.SUSPENSION_LOGICIEL,
        Act.QUOTA_LOGICIEL,
    }
)
"""`about` of these is the name or number of a registered software, which is public."""
_NUMBER_OF_SOMEBODY = re.compile(r"[0-9]{11}|[0-9AB]{9}")
"""RPPS or FINESS; any other `about` is not shown."""


def is_about_software(act: Act) -> bool:
    """Whether what an act is about is a software."""
    return act in _ABOUT_SOFTWARE


def shown_about(act: Act, about: str) -> str:
    """What an act is about, where readers may see it: a software, or the number of a professional or structure."""
    return about if is_about_software(act) or _NUMBER_OF_SOMEBODY.fullmatch(about) else ""
