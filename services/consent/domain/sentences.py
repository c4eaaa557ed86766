"""Facts as sentences for the patient, in French and English."""

from datetime import datetime

from contracts.consent.authorisations import FactSentence
from contracts.vocabulary import AccessMode
from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.representations import RepresentationTerms
from translations.catalogue import catalogue

_TEXTS = catalogue("decisions")
_FACTS = _TEXTS.of_codes("fact.{}", FactKind)
_MODES = _TEXTS.of_codes("mode.{}", (AccessMode.BRIS_DE_GLACE, AccessMode.CENTRE_15))
_REQUESTS = _TEXTS.of_codes("request.{}", ("naming", "ending", "naming.second_agent", "ending.second_agent"))
_MONTHS = _TEXTS.of_codes("month.{}", (str(month) for month in range(1, 13)))


def sentence_of(fact: Fact) -> FactSentence:
    """The end of an emergency access is given with its hour, other ends with their day (UTC)."""
    return FactSentence(fr=_sentence(fact, "fr"), en=_sentence(fact, "en"))


def sentence_of_request(terms: RepresentationTerms, takes_effect_at: datetime | None) -> FactSentence:
    """A waiting request about a representative, and until when it may be contested; None: until confirmed."""
    code = "ending" if terms.ends else "naming"
    fr, en = (_request_sentence(code, takes_effect_at, language) for language in ("fr", "en"))
    return FactSentence(fr=fr, en=en)


def _request_sentence(code: str, takes_effect_at: datetime | None, language: str) -> str:
    if takes_effect_at is None:
        return _REQUESTS.text(f"{code}.second_agent", language)
    until = _until(takes_effect_at, language, has_hour=True)
    return _REQUESTS.text(code, language).format(until=until)


def _sentence(fact: Fact, language: str) -> str:
    has_hour = fact.kind in {FactKind.BRIS_DE_GLACE, FactKind.CENTRE_15}
    return _FACTS.text(fact.kind, language).format(
        party=fact.party,
        app=fact.party.partition(" ")[0],
        mode=_MODES.text(fact.party, language) if fact.party in _MODES else "",
        until="" if fact.until is None else f" {_until(fact.until, language, has_hour=has_hour)}",
    )


def _until(until: datetime, language: str, *, has_hour: bool) -> str:
    _ = _TEXTS.in_language(language)
    return (_("until.hour") if has_hour else _("until.day")).format(
        day=_("day.first") if until.day == 1 else until.day,
        month=_MONTHS.text(str(until.month), language),
        year=until.year,
        hour=f"{until:%H:%M}",
    )
