"""The journal speaks the patient's language: every act, mode and reason has words, and nothing is left unsaid."""

import pytest

from contracts.envelope import Actor
from contracts.errors import all_refusals
from contracts.vocabulary import AccessMode, Act, Outcome, Role
from services.audit.domain.reasons import ALLOWED, REFUSED
from services.audit.domain.sentences import DEEDS, MODES, told
from tests.unit.audit.builders import DOCTOR, HOLDER, a_line

REFUSAL = {"outcome": Outcome.REFUSED, "reason": "consent.missing"}


def test_every_act_mode_and_refusal_has_words() -> None:
    assert set(DEEDS) == set(Act)
    assert set(MODES) == set(AccessMode)
    assert set(REFUSED) == set(all_refusals())


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
def test_an_access_says_how(reason: str, mode: AccessMode, fr: str, en: str) -> None:
    line = told(a_line(reason=reason, mode=mode))

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
    line = told(a_line(reason=reason, mode=mode, outcome=Outcome.REFUSED))

    assert (line.fr, line.en) == (fr, en)


def test_the_holder_is_spoken_to() -> None:
    allowed = told(a_line(HOLDER, Act.LECTURE_JOURNAL, "patient"))
    refused = told(a_line(HOLDER, Act.CONNEXION, "login.failed", outcome=Outcome.REFUSED))

    assert (allowed.who, allowed.fr) == ("vous", "Vous avez lu l'historique des accès.")
    assert allowed.en == "You read the access history."
    assert refused.fr == "Vous vous êtes vu refuser l'ouverture d'une session : mot de passe ou code incorrect."
    assert refused.en == "You were not allowed to log in: wrong password or code."


def test_an_opposition_says_which_and_whether() -> None:
    line = told(a_line(HOLDER, Act.OPPOSITION_URGENCE, "opposee", mode=AccessMode.CENTRE_15))

    assert line.fr == "Vous avez modifié votre opposition à un accès en urgence (centre 15, opposition déclarée)."


def test_another_patient_stays_unnamed() -> None:
    somebody = Actor(role=Role.PATIENT, subject="00000000-0000-0000-0000-00000000000f")

    line = told(a_line(somebody, Act.LECTURE_JOURNAL, "record.not_found", outcome=Outcome.REFUSED))

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
    line = told(a_line(actor))

    assert line.who == who
    assert line.fr[0].isupper()


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("actor", [DOCTOR, HOLDER])
def test_every_line_is_a_sentence_in_both_languages(act: Act, outcome: Outcome, actor: Actor) -> None:
    for reason in {*ALLOWED, *REFUSED}:
        line = told(a_line(actor, act, reason, outcome=outcome))
        for sentence in (line.fr, line.en):
            assert sentence.endswith(".")
            assert "  " not in sentence
            assert "()" not in sentence
