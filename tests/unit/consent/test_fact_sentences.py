"""Facts as sentences in French and English."""

from datetime import UTC, datetime

import pytest

from services.consent.domain.facts import Fact, FactKind
from services.consent.domain.sentences import sentence_of

END = datetime(2027, 3, 1, 14, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fact", "fr", "en"),
    [
        (
            Fact(kind=FactKind.AUTORISATION, party="89990000021", until=END),
            "Le professionnel 89990000021 peut lire votre dossier jusqu'au 1er mars 2027.",
            "Professional 89990000021 may read your record until 1 March 2027.",
        ),
        (
            Fact(kind=FactKind.EQUIPE_DE_SOINS, party="990000001", until=datetime(2026, 12, 24, tzinfo=UTC)),
            "L'équipe de soins de la structure 990000001 peut lire votre dossier jusqu'au 24 décembre 2026.",
            "The care team of structure 990000001 may read your record until 24 December 2026.",
        ),
        (
            Fact(kind=FactKind.OPPOSITION, party="centre_15"),
            "Vous vous opposez à l'accès en urgence par le centre 15.",
            "You oppose emergency access by the emergency call centre.",
        ),
        (
            Fact(kind=FactKind.BRIS_DE_GLACE, party="89990000021", until=END),
            "Le professionnel 89990000021 a ouvert un accès en urgence jusqu'au 1er mars 2027 à 14:05 UTC.",
            "Professional 89990000021 opened an emergency access until 1 March 2027 14:05 UTC.",
        ),
        (
            Fact(kind=FactKind.REPRESENTANT_LEGAL, party="someone"),
            "Un représentant légal agit pour vous.",
            "A legal representative acts for you.",
        ),
    ],
)
def test_sentence_of_a_fact(fact: Fact, fr: str, en: str) -> None:
    assert (sentence_of(fact).fr, sentence_of(fact).en) == (fr, en)


@pytest.mark.parametrize("kind", FactKind)
def test_every_kind_of_fact_has_a_sentence_in_both_languages(kind: FactKind) -> None:
    sentence = sentence_of(Fact(kind=kind, party="bris_de_glace", until=END))
    assert sentence.fr != sentence.en
    assert "{" not in sentence.fr + sentence.en
