"""Permits: made from allowing decisions only; each limit by itself and combined."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from contracts.consent.decisions import Decision, Limits, MaskedAccess
from contracts.consent.permits import permit_from
from contracts.envelope import Actor
from contracts.errors.execution import ServiceUnavailable
from contracts.errors.request import ConsentMissing
from contracts.vocabulary import Capacity, DocumentStatus, Role, Rpps, Section
from services.records.domain import StoredDocument
from services.records.domain.permits import can_learn_holder, can_see, is_invisible, status_for
from tests.unit.records.specimens import (
    ACTOR,
    DAY,
    DEPOSITOR,
    NOW,
    PATIENT,
    STRANGER,
    WRITER,
    permit_with,
    stored_document,
)

TICK = timedelta(microseconds=1)
ALL = Limits(masked=MaskedAccess.ALL, superseded=True, archived=True)
HOLDER = Limits(masked=MaskedAccess.ALL, hides_invisible=True)
REPRESENTATIVE = Limits(masked=MaskedAccess.ALL, hides_invisible=True, hides_secret=True)


def sees(limits: Limits, entry: StoredDocument, reader: Rpps | None = STRANGER) -> bool:
    return can_see(permit_with(limits, reader=reader), entry)


# From a decision -----------------------------------------------------------------------------------------


def test_a_refusing_decision_gives_no_permit() -> None:
    refused = Decision(allowed=False, reason="x", refusal="consent.missing")
    with pytest.raises(ConsentMissing):
        permit_from(refused, ACTOR, PATIENT, NOW)


def test_an_unknown_refusal_code_gives_no_permit() -> None:
    for code in ("", "consent.of_tomorrow"):
        with pytest.raises(ServiceUnavailable):
            permit_from(Decision(allowed=False, reason="x", refusal=code), ACTOR, PATIENT, NOW)


def test_the_permit_has_reader_limits_reason_and_capacity_of_the_decision() -> None:
    limits = Limits(denied_types=("x",), own_only=True)
    decision = Decision(allowed=True, reason="auteur", limits=limits, capacity=Capacity.AIDANT)
    permit = permit_from(decision, ACTOR, PATIENT, NOW)
    assert (permit.patient_id, permit.reader, permit.at) == (PATIENT, DEPOSITOR, NOW)
    assert (permit.limits, permit.reason, permit.capacity) == (limits, "auteur", Capacity.AIDANT)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PROFESSIONAL])
def test_only_professionals_are_readers_who_may_own_documents(role: Role) -> None:
    actor = Actor(role=role, subject=DEPOSITOR)
    assert permit_from(Decision(allowed=True, reason="x"), actor, PATIENT, NOW).reader is None


# The limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize("superseded", [False, True])
@pytest.mark.parametrize("archived", [False, True])
def test_superseded_and_archived_documents_show_only_on_request_and_deleted_ones_never(
    superseded: bool, archived: bool
) -> None:
    limits = Limits(superseded=superseded, archived=archived)
    shown = {
        DocumentStatus.CURRENT: True,
        DocumentStatus.SUPERSEDED: superseded,
        DocumentStatus.ARCHIVED: archived,
        DocumentStatus.DELETED: False,
    }
    for reader in (STRANGER, DEPOSITOR, WRITER, None):
        assert {status: sees(limits, stored_document(status=status), reader) for status in DocumentStatus} == shown


def test_denied_types_are_hidden_even_from_their_author() -> None:
    limits = Limits(denied_types=("83901-9", "68599-0"))
    for reader in (STRANGER, DEPOSITOR, WRITER):
        assert not sees(limits, stored_document(type_code="68599-0"), reader)
        assert sees(limits, stored_document(type_code="11502-2"), reader)


@pytest.mark.parametrize(
    ("masked", "reader", "seen"),
    [
        (MaskedAccess.OWN, STRANGER, False),
        (MaskedAccess.OWN, DEPOSITOR, True),
        (MaskedAccess.OWN, WRITER, True),
        (MaskedAccess.OWN, None, False),
        (MaskedAccess.ALL, STRANGER, True),
        (MaskedAccess.ALL, None, True),
    ],
)
def test_masked_documents_show_to_their_depositor_and_author_and_where_all_are_visible(
    masked: MaskedAccess, reader: Rpps | None, seen: bool
) -> None:
    assert sees(Limits(masked=masked), stored_document(masked=True), reader) is seen
    assert sees(Limits(masked=masked), stored_document(masked=False), reader)


def test_own_of_any_type_shows_denied_types_to_their_depositor_and_author() -> None:
    entry = stored_document()
    denied = (entry.document.type_code,)
    readers = (DEPOSITOR, WRITER, STRANGER, None)
    reading = Limits(denied_types=denied)
    upkeep = Limits(denied_types=denied, own_of_any_type=True)
    assert [sees(reading, entry, reader) for reader in readers] == [False, False, False, False]
    assert [sees(upkeep, entry, reader) for reader in readers] == [True, True, False, False]


def test_own_only_hides_the_documents_of_others() -> None:
    own = Limits(own_only=True, masked=MaskedAccess.ALL)
    seen = {reader: sees(own, stored_document(), reader) for reader in (DEPOSITOR, WRITER, STRANGER, None)}
    assert seen == {DEPOSITOR: True, WRITER: True, STRANGER: False, None: False}


def test_an_author_without_a_permission_does_not_learn_who_the_holder_is() -> None:
    for own_only in (False, True):
        permit = permit_with(Limits(own_only=own_only), reader=DEPOSITOR)
        assert can_learn_holder(Role.PROFESSIONAL, permit) is not own_only


def test_holders_and_who_represents_them_learn_the_name_and_no_others_of_their_side() -> None:
    decisions = {each: Decision(allowed=True, reason="x", limits=ALL, capacity=each) for each in Capacity}
    permits = {each: permit_from(decision, ACTOR, PATIENT, NOW) for each, decision in decisions.items()}
    learning = {each for each, permit in permits.items() if can_learn_holder(Role.PATIENT, permit)}
    assert learning == {Capacity.SELF, Capacity.REPRESENTANT_LEGAL}
    assert not any(can_learn_holder(Role.APP, permit) for permit in permits.values())


@pytest.mark.parametrize(
    ("sections", "seen"),
    [(None, True), ((Section.ANALYSES,), True), ((Section.IMAGERIE, Section.ANALYSES), True), ((), False)],
)
def test_only_documents_of_the_permitted_sections_show(sections: tuple[Section, ...] | None, seen: bool) -> None:
    assert sees(Limits(sections=sections), stored_document(section=Section.ANALYSES)) is seen
    assert sees(Limits(sections=sections), stored_document(section=Section.PREVENTION)) is (sections is None)


@pytest.mark.parametrize(
    ("until", "invisible"), [(None, False), (NOW - DAY, False), (NOW, False), (NOW + TICK, True), (NOW + DAY, True)]
)
def test_a_document_hidden_from_the_patient_appears_at_its_exact_time(
    until: datetime | None, invisible: bool
) -> None:
    entry = stored_document(invisible_until=until)
    assert is_invisible(entry, NOW) is invisible
    assert sees(HOLDER, entry, None) is not invisible
    assert sees(ALL, entry)


def test_a_document_hidden_from_representatives_shows_to_everybody_else() -> None:
    entry = stored_document(secret=True)
    assert not sees(REPRESENTATIVE, entry, None)
    assert sees(HOLDER, entry, None)
    assert sees(Limits(), entry)
    assert sees(REPRESENTATIVE, stored_document(), None)


def test_a_document_is_superseded_for_whoever_is_shown_a_newer_version() -> None:
    hidden, shown = stored_document(masked=True), stored_document()
    for reader, newer, status in (
        (STRANGER, (), DocumentStatus.CURRENT),
        (STRANGER, (hidden,), DocumentStatus.CURRENT),
        (DEPOSITOR, (hidden,), DocumentStatus.SUPERSEDED),
        (STRANGER, (hidden, shown), DocumentStatus.SUPERSEDED),
    ):
        permit = permit_with(Limits(), reader=reader)
        assert status_for(permit, stored_document(), newer) is status
        assert can_see(permit, stored_document(), newer) is (status is DocumentStatus.CURRENT)


def test_the_state_that_follows_from_a_hidden_version_is_not_that_of_the_document() -> None:
    outsider, hidden = permit_with(Limits()), stored_document(masked=True)
    own = {status: status_for(outsider, stored_document(status=status), (hidden,)) for status in DocumentStatus}
    assert own == {status: status for status in DocumentStatus} | {DocumentStatus.SUPERSEDED: DocumentStatus.CURRENT}
    deleted = stored_document(status=DocumentStatus.DELETED)
    assert status_for(permit_with(ALL), deleted, (hidden,)) is DocumentStatus.DELETED


def test_all_limits_apply_together() -> None:
    own = Limits(own_only=True, sections=(Section.IMAGERIE,), hides_invisible=True, hides_secret=True)
    within: dict[str, Any] = {"section": Section.IMAGERIE, "masked": True}
    assert sees(own, stored_document(**within), WRITER)
    assert not sees(own, stored_document(**within | {"section": Section.ANALYSES}), WRITER)
    assert not sees(own, stored_document(**within, secret=True), WRITER)
    assert not sees(own, stored_document(**within, invisible_until=NOW + DAY), WRITER)
