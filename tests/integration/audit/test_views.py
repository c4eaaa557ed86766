"""Each reader is shown the lines for them, and can verify every one."""

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from client.waiting import wait_for
from contracts.audit import Audit, Proofs, ReadProofs
from contracts.envelope import Actor
from contracts.errors.request import InvalidRequest, RecordNotFound
from contracts.vocabulary import AccessMode, Act, DocumentId, Outcome, PatientId, Role
from services.audit.domain.leaf import Leaf, commitment_of, leaf_hash, personal_from
from services.audit.domain.merkle import root_from_inclusion
from services.audit.domain.notes import note_from
from tests.integration.audit.stack import AuditStack, holder
from tests.support.fake_consent import FakeConsent
from tests.unit.audit.builders import DOCTOR, an_entry


@pytest.fixture
def child() -> PatientId:
    return PatientId(uuid4())


@pytest.fixture
def mother(consent: FakeConsent, child: PatientId) -> Actor:
    parent = PatientId(uuid4())
    consent.name_representative(child, parent)
    return holder(parent)


def proofs(stack: AuditStack, patient_id: PatientId, reader: Actor, **page: Any) -> Proofs:
    return stack.call(Audit.read_proofs, ReadProofs(patient_id=patient_id, **page), reader)


def check(found: Proofs) -> list[Leaf]:
    """The leaves of the page, after verifying each as docs/journal.md says."""
    head = note_from(found.head).head
    for line in found.lines:
        path = [b64decode(value) for value in line.path]
        assert root_from_inclusion(leaf_hash(line.leaf.encode()), line.position, head.size, path) == head.root
    return [msgspec.json.decode(line.leaf, type=Leaf) for line in found.lines]


def test_a_representative_is_shown_no_secret_line_and_no_gap(
    stack: AuditStack, child: PatientId, mother: Actor
) -> None:
    stack.append(
        an_entry(patient_id=child),
        an_entry(patient_id=child, act=Act.DEPOT_DOCUMENT, secret=True),
        an_entry(patient_id=child),
    )

    shown = stack.read(child, mother)
    wait_for(lambda: stack.lines_about(child) == 4)
    own = stack.read(child)

    assert [line.number for line in shown] == [2, 1]
    assert Act.DEPOT_DOCUMENT not in {line.act for line in shown}
    assert [line.act for line in own[1:]] == [Act.CONSULTATION_LISTE, Act.DEPOT_DOCUMENT, Act.CONSULTATION_LISTE]
    assert own[0].fr == "Votre représentant légal a lu l'historique des accès."


def test_a_total_counts_the_lines_of_all_pages_that_are_shown(
    stack: AuditStack, child: PatientId, mother: Actor
) -> None:
    stack.append(an_entry(patient_id=child), an_entry(patient_id=child, secret=True), an_entry(patient_id=child))
    wanted: dict[str, Any] = {"acts": (Act.CONSULTATION_LISTE,), "count": 1, "total": True}
    (newest,) = stack.page(child, **wanted).lines
    assert [stack.page(child, reader, **wanted).total for reader in (None, mother)] == [3, 2]
    assert stack.page(child, before=newest.position, **wanted).total == 3
    assert stack.page(child).total is None


def test_lines_of_a_withheld_document_appear_with_it(stack: AuditStack, child: PatientId) -> None:
    document_id = DocumentId(uuid4())
    stack.append(
        an_entry(patient_id=child, act=Act.DEPOT_DOCUMENT, document_id=document_id, withheld=True),
        an_entry(patient_id=child, act=Act.CONSULTATION_DOCUMENT, document_id=document_id, withheld=True),
        an_entry(patient_id=child),
    )
    assert [line.act for line in stack.read(child)] == [Act.CONSULTATION_LISTE]

    stack.append(an_entry(patient_id=child, act=Act.REMISE_VISIBILITE, document_id=document_id))

    acts = [line.act for line in stack.read(child, acts=(Act.DEPOT_DOCUMENT, Act.CONSULTATION_DOCUMENT))]
    assert acts == [Act.CONSULTATION_DOCUMENT, Act.DEPOT_DOCUMENT]


def test_lines_of_a_document_that_already_appeared_are_shown(
    stack: AuditStack, child: PatientId, mother: Actor
) -> None:
    document_id = DocumentId(uuid4())
    stack.append(
        an_entry(patient_id=child, act=Act.REMISE_VISIBILITE, document_id=document_id),
        an_entry(patient_id=child, act=Act.DEPOT_DOCUMENT, document_id=document_id, withheld=True, secret=True),
    )

    assert [line.act for line in stack.read(child)] == [Act.DEPOT_DOCUMENT, Act.REMISE_VISIBILITE]
    wait_for(lambda: stack.lines_about(child) == 3)
    assert Act.DEPOT_DOCUMENT not in {line.act for line in stack.read(child, mother)}


def test_a_page_can_be_filtered(stack: AuditStack, child: PatientId) -> None:
    document_id = DocumentId(uuid4())
    stack.append(
        an_entry(patient_id=child),
        an_entry(patient_id=child, reason="consent.missing", outcome=Outcome.REFUSED),
        an_entry(patient_id=child, act=Act.CONSULTATION_DOCUMENT, document_id=document_id),
        an_entry(patient_id=child, reason="centre_15", mode=AccessMode.CENTRE_15),
    )
    now, hour = datetime.now(UTC), timedelta(hours=1)

    def numbers(**options: Any) -> list[int]:
        return [line.number for line in stack.read(child, **options) if line.act is not Act.LECTURE_JOURNAL]

    assert numbers(acts=(Act.CONSULTATION_DOCUMENT,)) == [3]
    assert numbers(outcome=Outcome.REFUSED) == [2]
    assert numbers(mode=AccessMode.CENTRE_15) == [4]
    assert numbers(roles=(Role.PROFESSIONAL,)) == [4, 3, 2, 1]
    assert numbers(roles=(Role.PATIENT,)) == []
    assert numbers(document_id=document_id) == [3]
    assert numbers(document_id=DocumentId(uuid4())) == []
    assert numbers(since=now - hour, until=now + hour) == [4, 3, 2, 1]
    assert numbers(until=now - hour) == []
    with pytest.raises(InvalidRequest):
        stack.read(child, since=now, until=now - hour)


def test_every_shown_line_is_proven_against_a_signed_head(stack: AuditStack, child: PatientId) -> None:
    stack.append(*(an_entry(patient_id=child, about="10003456784") for _ in range(3)))
    stack.head_over_all()

    found = proofs(stack, child, holder(child))
    checked = check(found)

    assert [leaf.number for leaf in checked] == [3, 2, 1]
    assert checked[0].previous == leaf_hash(found.lines[1].leaf.encode()).hex()
    for line, leaf in zip(found.lines, checked, strict=True):
        personal = personal_from(line.personal.encode())
        assert commitment_of(line.personal.encode(), b64decode(line.nonce)).hex() == leaf.commitment
        assert (personal.actor, personal.about, personal.patient_id) == (DOCTOR.subject, "10003456784", child)


def test_proofs_are_paged_and_limited_as_the_journal_is(stack: AuditStack, child: PatientId, mother: Actor) -> None:
    stack.append(*(an_entry(patient_id=child, secret=secret) for secret in (False, True, False)))
    stack.head_over_all()

    first = proofs(stack, child, mother, count=1)
    second = proofs(stack, child, mother, count=1, before=first.lines[0].position)

    assert [leaf.number for leaf in (*check(first), *check(second))][:2] == [2, 1]
    with pytest.raises(RecordNotFound):
        proofs(stack, child, holder(PatientId(uuid4())))
    with pytest.raises(InvalidRequest):
        proofs(stack, child, mother, count=101)


def test_a_line_younger_than_the_newest_head_is_not_yet_proven(stack: AuditStack, child: PatientId) -> None:
    stack.append(an_entry(patient_id=child))

    found = proofs(stack, child, holder(child))

    assert all(line.position < note_from(found.head).head.size for line in found.lines)
