"""Rules of a patient's pages: filters in addresses, sizes and names in words, who looked."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from contracts.audit import Acting, JournalLine
from contracts.errors.request import InvalidRequest
from contracts.vocabulary import AccessMode, Act, DocumentId, Outcome, PatientId, Role, Section
from gateway.portal.documents_shown import size_text
from gateway.portal.patient.list_view import ListView, list_view_of
from gateway.portal.patient.readers_shown import readings_in
from gateway.portal.person_names import first_name

AT = datetime(2026, 11, 24, 17, 4, tzinfo=UTC)
PATIENT = PatientId(UUID(int=1))


def a_line(act: Act, *, days: int = 0, actor: str = "1", mode: AccessMode = AccessMode.NORMAL) -> JournalLine:
    return JournalLine(
        number=1,
        at=AT - timedelta(days=days),
        act=act,
        outcome=Outcome.ALLOWED,
        reason="",
        who=f"Dr {actor}",
        fr="",
        en="",
        actor_role=Role.PROFESSIONAL,
        actor=actor,
        by=Acting(name=f"Dr {actor}", profession="10"),
        mode=mode,
        document_id=DocumentId(uuid4()) if act is Act.CONSULTATION_DOCUMENT else None,
    )


@pytest.mark.parametrize(
    ("given_names", "first"),
    [
        ("JEANNE MARIE", "Jeanne"),
        ("JEAN-PIERRE,PAUL", "Jean-Pierre"),
        ("McKenna", "McKenna"),
        ("مريم", "مريم"),
        ("", ""),
        (" ", ""),
    ],
)
def test_a_person_is_greeted_by_their_first_given_name(given_names: str, first: str) -> None:
    assert first_name(given_names) == first


@pytest.mark.parametrize(
    ("size", "fr", "en"),
    [(1, "1 ko", "1 kB"), (12_400, "12 ko", "12 kB"), (3_440_000, "3,4 Mo", "3.4 MB")],
)
def test_a_size_is_read_as_people_say_it(size: int, fr: str, en: str) -> None:
    assert (size_text(size, "fr"), size_text(size, "en")) == (fr.replace(" ", "\u00a0"), en.replace(" ", "\u00a0"))


def test_the_filters_of_a_list_are_what_its_address_says() -> None:
    view = ListView(section=Section.ANALYSES, folder=UUID(int=2), archived=True, after="x")
    assert list_view_of(view.fields) == view
    assert list_view_of({}) == ListView()
    assert view.with_section(None).fields == {"classeur": str(UUID(int=2)), "archives": "oui"}
    assert view.message(PATIENT, "mot").words == "mot"
    assert "mot" not in view.query


@pytest.mark.parametrize("sent", [{"rubrique": "nulle"}, {"classeur": "1"}])
def test_a_filter_that_is_none_is_refused(sent: dict[str, str]) -> None:
    with pytest.raises(InvalidRequest):
        list_view_of(sent)


def test_who_looked_is_grouped_by_person_day_and_mode_with_the_most_that_was_read() -> None:
    lines = (
        a_line(Act.CONSULTATION_DOCUMENT),
        a_line(Act.CONSULTATION_DOCUMENT),
        a_line(Act.CONSULTATION_LISTE),
        a_line(Act.CONSULTATION_LISTE, actor="2"),
        a_line(Act.CONSULTATION_DOCUMENT, mode=AccessMode.BRIS_DE_GLACE),
        a_line(Act.LECTURE_DONNEES, days=1),
        a_line(Act.OUVERTURE_URGENCE, days=2, mode=AccessMode.BRIS_DE_GLACE),
    )
    found = [(reading.who, reading.what, reading.is_urgent) for reading in readings_in(lines, "fr")]
    assert found == [
        ("Dr 1", "a lu 2 documents", False),
        ("Dr 2", "a vu la liste des documents", False),
        ("Dr 1", "a lu un document", True),
        ("Dr 1", "a lu l’essentiel des documents", False),
        ("Dr 1", "a ouvert le dossier en urgence", True),
    ]
