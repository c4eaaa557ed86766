"""Every notice has a text in both languages, which says nothing of what is in the record."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from contracts.notify import TO_PROFESSIONALS_ONLY, NoticeCode
from contracts.vocabulary import Channel
from services.notify.domain.notices import StoredNotice
from services.notify.domain.wording import letter_of_code, letter_of_notice, notice_of

REVERSIBLE = [NoticeCode.FERMETURE_DOSSIER, NoticeCode.SUPPRESSION_DEMANDEE]
EMERGENCIES = [NoticeCode.ACCES_BRIS_GLACE, NoticeCode.ACCES_CENTRE_15]


@pytest.mark.parametrize("code", NoticeCode)
def test_every_notice_is_sent_in_both_languages(code: NoticeCode) -> None:
    letter = letter_of_notice(code, to_holder=code not in TO_PROFESSIONALS_ONLY, letter_id="1")

    titles = letter.subject.removeprefix("Carnet : ").split(" / ")
    assert [len(set(texts)) for texts in (titles, letter.text.splitlines())] == [2, 2]


@pytest.mark.parametrize("code", EMERGENCIES)
def test_emergencies_have_a_text_for_the_medecin_traitant(code: NoticeCode) -> None:
    french, english = letter_of_notice(code, to_holder=False, letter_id="1").text.splitlines()

    assert french.startswith("Le dossier d'un patient dont vous êtes le médecin traitant")
    assert english.startswith("The record of a patient whose médecin traitant you are")


@pytest.mark.parametrize("code", REVERSIBLE)
def test_a_reversible_act_says_how_to_undo_it_but_not_by_when(code: NoticeCode) -> None:
    letter = letter_of_notice(code, to_holder=True, letter_id="1")

    assert "rouvrir" in letter.text or "rouvrez" in letter.text
    assert "reopen" in letter.text
    assert not any(character.isdigit() for character in letter.text)


def test_a_letter_is_french_first_and_the_same_each_time() -> None:
    letter = letter_of_notice(NoticeCode.AJOUT_DOCUMENT, to_holder=True, letter_id="7.email")

    assert letter.text.startswith("Un document a été ajouté")
    assert letter == letter_of_notice(NoticeCode.AJOUT_DOCUMENT, to_holder=True, letter_id="7.email")


def test_a_code_is_sent_in_both_languages() -> None:
    french, english = letter_of_code("012345", 5, letter_id="1").text.splitlines()

    assert "012345" in french
    assert "012345" in english


def test_the_portal_shows_a_notice_in_both_languages() -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    stored = StoredNotice(notice_id=UUID(int=5), code=NoticeCode.ACCES_DMP_PS, at=at, sent=(Channel.SMS,))

    notice = notice_of(stored)

    assert [notice.fr, notice.en] == letter_of_notice(stored.code, to_holder=True, letter_id="1").text.splitlines()
    assert (notice.id, notice.at, notice.sent) == (str(UUID(int=5)), at, (Channel.SMS,))
