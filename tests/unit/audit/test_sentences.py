"""Every act, mode and reason has a sentence in French and English for each reader."""

import re
from collections.abc import Callable, Iterator
from itertools import product

import pytest

from contracts.audit import JournalLine
from contracts.envelope import Actor
from contracts.vocabulary import AccessMode, Act, Capacity, Outcome, Role
from services.audit.domain.sentences import render
from services.audit.domain.strands import OpenedLine
from tests.unit.audit.builders import DOCTOR, HOLDER, MOTHER, OPERATOR, PATIENT, a_line
from translations.journal import ALLOWED, REFUSED

REASONS = {*ALLOWED.keys, *REFUSED.keys, "patient"}
"""Of the last the sentence says enough."""
_TO_HOLDER = re.compile(r"\b(votre|vous|your|you)\b", re.IGNORECASE)


def to_holder(line: OpenedLine) -> JournalLine:
    return render(line, [PATIENT], HOLDER)


def to_mother(line: OpenedLine) -> JournalLine:
    return render(line, [PATIENT], MOTHER)


def every_line(outcome: Outcome, rendered: Callable[[OpenedLine], JournalLine]) -> Iterator[JournalLine]:
    """Each act for each reason, of a doctor and of the holder."""
    for act, reason, actor in product(Act, REASONS, (DOCTOR, HOLDER)):
        yield rendered(a_line(actor, act, reason, outcome=outcome))


@pytest.mark.parametrize(
    ("reason", "mode", "fr", "en"),
    [
        (
            "autorisation",
            AccessMode.NORMAL,
            "Dr Rosa Lind, médecin, a consulté la liste des documents (avec votre autorisation).",
            "Dr Rosa Lind, physician, read the list of documents (with your authorisation).",
        ),
        (
            "medecin_traitant",
            AccessMode.NORMAL,
            "Dr Rosa Lind, médecin, a consulté la liste des documents (médecin traitant).",
            "Dr Rosa Lind, physician, read the list of documents (médecin traitant).",
        ),
        (
            "bris_de_glace",
            AccessMode.BRIS_DE_GLACE,
            "Dr Rosa Lind, médecin, a consulté la liste des documents (bris de glace).",
            "Dr Rosa Lind, physician, read the list of documents (break-glass).",
        ),
        (
            "centre_15",
            AccessMode.CENTRE_15,
            "Dr Rosa Lind, médecin, a consulté la liste des documents (centre 15).",
            "Dr Rosa Lind, physician, read the list of documents (emergency call centre).",
        ),
        (
            "a_rule_of_tomorrow",
            AccessMode.NORMAL,
            "Dr Rosa Lind, médecin, a consulté la liste des documents.",
            "Dr Rosa Lind, physician, read the list of documents.",
        ),
    ],
)
def test_an_access_says_why_it_was_allowed(reason: str, mode: AccessMode, fr: str, en: str) -> None:
    line = to_holder(a_line(reason=reason, mode=mode))

    assert (line.who, line.fr, line.en) == ("Dr Rosa Lind (médecin)", fr, en)


@pytest.mark.parametrize(
    ("reason", "mode", "fr", "en"),
    [
        (
            "consent.missing",
            AccessMode.NORMAL,
            "Dr Rosa Lind, médecin, s'est vu refuser la consultation de la liste des documents : pas d'autorisation.",
            "Dr Rosa Lind, physician, was not allowed to read the list of documents: no authorisation.",
        ),
        (
            "emergency.opposed",
            AccessMode.BRIS_DE_GLACE,
            "Dr Rosa Lind, médecin, s'est vu refuser la consultation de la liste des documents (bris de glace) :"
            " vous vous y êtes opposé.",
            "Dr Rosa Lind, physician, was not allowed to read the list of documents (break-glass):"
            " you have opposed it.",
        ),
        (
            "a.refusal.of.tomorrow",
            AccessMode.NORMAL,
            "Dr Rosa Lind, médecin, s'est vu refuser la consultation de la liste des documents : accès refusé.",
            "Dr Rosa Lind, physician, was not allowed to read the list of documents: access refused.",
        ),
    ],
)
def test_a_refusal_says_why(reason: str, mode: AccessMode, fr: str, en: str) -> None:
    line = to_holder(a_line(reason=reason, mode=mode, outcome=Outcome.REFUSED))

    assert (line.fr, line.en) == (fr, en)


def test_the_holder_is_addressed() -> None:
    allowed = to_holder(a_line(HOLDER, Act.LECTURE_JOURNAL, "patient"))
    refused = to_holder(a_line(HOLDER, Act.CONNEXION, "login.failed", outcome=Outcome.REFUSED))

    assert (allowed.who, allowed.fr) == ("vous", "Vous avez lu l'historique des accès.")
    assert allowed.en == "You read the access history."
    assert refused.fr == "Vous vous êtes vu refuser l'ouverture d'une session : mot de passe ou code incorrect."
    assert refused.en == "You were not allowed to log in: wrong password or code."


def test_an_opposition_says_which_mode_and_which_way() -> None:
    line = to_holder(a_line(HOLDER, Act.OPPOSITION_URGENCE, "opposee", mode=AccessMode.CENTRE_15))

    assert line.fr == "Vous avez modifié votre opposition à un accès en urgence (centre 15, opposition déclarée)."


def test_another_patient_is_not_named() -> None:
    somebody = Actor(role=Role.PATIENT, subject="00000000-0000-0000-0000-00000000000f")

    line = to_holder(a_line(somebody, Act.LECTURE_JOURNAL, "record.not_found", outcome=Outcome.REFUSED))

    assert line.fr.startswith("Un autre usager s'est vu refuser la lecture de l'historique des accès")
    assert line.actor == ""
    assert somebody.subject not in f"{line}"


@pytest.mark.parametrize(
    ("actor", "who"),
    [
        (DOCTOR, "Dr Rosa Lind (médecin)"),
        (Actor(role=Role.PROFESSIONAL, subject="1", profession="60"), "un professionnel de santé (infirmier)"),
        (Actor(role=Role.PROFESSIONAL, subject="1", name="Rosa Lind", profession="??"), "Rosa Lind"),
        (Actor(role=Role.AGENT, subject="1"), "un agent habilité"),
        (Actor(role=Role.OPERATOR, subject="1"), "l'exploitant de la plateforme"),
        (Actor(role=Role.SERVICE, subject="records"), "la plateforme Carnet"),
    ],
)
def test_everybody_has_a_name_or_a_role(actor: Actor, who: str) -> None:
    line = to_holder(a_line(actor))

    assert line.who == who
    assert line.fr[0].isupper()


def test_who_acted_for_the_holder_is_named_by_capacity() -> None:
    parent = to_holder(a_line(MOTHER, reason="representant_legal", capacity=Capacity.REPRESENTANT_LEGAL))
    caregiver = to_holder(a_line(MOTHER, reason="aidant", capacity=Capacity.AIDANT))

    assert parent.fr == "Votre représentant légal a consulté la liste des documents."
    assert parent.en == "Your legal representative read the list of documents."
    assert caregiver.fr == "Votre aidant a consulté la liste des documents."
    assert (parent.who, caregiver.who) == ("votre représentant légal", "votre aidant")
    assert parent.actor == caregiver.actor == ""


def test_a_representative_who_reads_is_addressed_and_the_holder_is_not() -> None:
    own = to_mother(a_line(MOTHER, Act.OUVERTURE_DOSSIER, capacity=Capacity.REPRESENTANT_LEGAL))
    holders = to_mother(a_line(HOLDER, Act.LECTURE_JOURNAL, "patient"))
    fathers = to_mother(
        a_line(
            Actor(role=Role.PATIENT, subject="00000000-0000-0000-0000-00000000000f"),
            capacity=Capacity.REPRESENTANT_LEGAL,
        )
    )

    assert (own.who, own.fr) == ("vous", "Vous avez ouvert le dossier (avec l'autorisation du titulaire).")
    assert (holders.who, holders.fr) == ("le titulaire", "Le titulaire a lu l'historique des accès.")
    assert holders.en == "The holder read the access history."
    assert fathers.fr.startswith("Un représentant légal a consulté la liste des documents")
    assert fathers.actor == ""


@pytest.mark.parametrize("outcome", Outcome)
def test_a_sentence_for_another_reader_never_addresses_the_holder(outcome: Outcome) -> None:
    for line in every_line(outcome, to_mother):
        assert not _TO_HOLDER.search(f"{line.fr} {line.en} {line.who}"), line


def test_whom_an_act_is_about_is_named_by_number_but_a_patient_never() -> None:
    blocked = to_holder(a_line(HOLDER, Act.BLOCAGE, "patient", about="80000000019"))
    named = to_holder(a_line(OPERATOR, Act.NOMMER_REPRESENTANT, "operateur", about=MOTHER.subject))

    assert blocked.fr == "Vous avez bloqué un professionnel (n° 80000000019)."
    assert blocked.en == "You blocked a professional (no. 80000000019)."
    assert named.fr == "L'exploitant de la plateforme a désigné un représentant."


def test_an_erased_line_still_says_what_was_done() -> None:
    line = to_holder(a_line(erased=True))

    assert (line.who, line.actor, line.document_id) == ("identité effacée", "", None)
    assert line.fr.startswith("Une personne dont l'identité est effacée a consulté la liste des documents")
    assert line.en.startswith("Somebody whose identity was erased read the list of documents")
    assert "Lind" not in f"{line}"


def test_a_line_has_position_number_and_strand() -> None:
    line = to_holder(a_line())

    assert (line.position, line.number, line.strand) == (41, 1, "00000000-0000-0000-0000-000000000007")


@pytest.mark.parametrize("outcome", Outcome)
def test_every_line_is_a_sentence_in_both_languages(outcome: Outcome) -> None:
    for line in every_line(outcome, to_holder):
        for sentence in (line.fr, line.en):
            assert sentence.endswith("."), line
            assert "  " not in sentence, line
            assert "()" not in sentence, line
