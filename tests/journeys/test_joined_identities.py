"""Two identities of one person are joined by two agents, and separated by two: nothing moves, nothing is lost."""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import msgspec
import pytest

from client.api_client import ApiClient
from client.errors import ApiError
from client.fhir import FhirClient
from client.oauth import SmartApp
from client.operator import OperatorClient
from client.patient import PatientClient
from client.people import DemoPeople
from contracts.vocabulary import OID_NIA, OID_NIR, Visibility
from deploy.dev.paths import CHECKOUT
from deploy.dev.stack import Stack
from tests.support.apps import authorization_code, register_app, tokens_in
from tests.support.fhir_client import fhir_client
from tests.support.journal_and_notices import expect_notices, is_gapless, journal_lines, wait_for_line, whole_journal
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    document_for,
    new_minor,
    new_patient,
    open_record,
)
from tests.support.refusals import expect_refusal, refusal_of
from tests.support.staff import COLLEAGUE, STRANGER, agent_client, appoint_representative, patient_client
from tests.support.waiting import wait_until

T = TypeVar("T")

SEEN = "Réponse INSi du 2026-11-02, n° 4411"
AWAITED = (409, "agent.second_signature")


@dataclass
class KnownTwice:
    """Known by the definite number and by a provisional one, each with a record, an account and a document."""

    demo: DemoPeople
    kept: Holder
    closed: Holder
    account: PatientClient
    closed_account: PatientClient
    documents: tuple[str, str]

    @property
    def records(self) -> tuple[str, str]:
        return self.kept.record, self.closed.record


@pytest.fixture
def person(demo: DemoPeople) -> KnownTwice:
    kept, closed = (open_record(demo, new_patient(oid=oid)) for oid in (OID_NIR, OID_NIA))
    account, closed_account = activate_account(demo, kept), activate_account(demo, closed)
    documents = (deposit_new(demo, kept), deposit_new(demo, closed))
    return KnownTwice(demo, kept, closed, account, closed_account, documents)


def by_two(platform: Stack, attempt: Callable[[ApiClient], T]) -> T:
    assert refusal_of(lambda: attempt(agent_client(platform)))[:2] == AWAITED
    return attempt(agent_client(platform, COLLEAGUE))


def join(platform: Stack, kept: str, closed: str, *, seen_by: ApiClient) -> None:
    """Two agents join two identities; waits until all services know it, by a reader of the one that is kept."""
    by_two(platform, lambda agent: agent.join_identities(kept, closed, SEEN))
    for record in (kept, closed):
        wait_until(partial(knows_other, seen_by, record), "both are one")


def join_person(platform: Stack, person: KnownTwice) -> None:
    join(platform, *person.records, seen_by=person.account)


def separate(platform: Stack, person: KnownTwice) -> tuple[str, ...]:
    done = by_two(platform, lambda agent: agent.separate_identities(*person.records, SEEN))
    wait_until(lambda: not is_answered(lambda: person.account.list_documents(person.closed.record)), "they are two")
    return done.not_restored


def knows_other(reader: ApiClient, record: str) -> bool:
    try:
        return reader.record(record).other is not None
    except ApiError:
        return False


def is_answered(request: Callable[[], object]) -> bool:
    try:
        request()
    except ApiError:
        return False
    return True


def listed(reader: ApiClient, record: str) -> set[str]:
    return {str(document.document_id) for document in reader.list_documents(record).documents}


def verified(reader: ApiClient, record: str, directory: Path) -> int:
    """How many lines of a journal the stand-alone verifier has verified."""
    file = directory / f"{uuid4()}.json"
    file.write_bytes(msgspec.json.encode(reader.proofs(record, count="100")))
    program = str(CHECKOUT / "verifier" / "verify_journal.py")
    command = [sys.executable, "-I", program, "view", reader.journal_key(), str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    return len(json.loads(file.read_text())["lines"])


def has_more(reader: ApiClient, record: str, directory: Path, lines: int) -> bool:
    return verified(reader, record, directory) > lines


def test_by_either_id_both_records_are_read_as_one_until_they_are_separated(
    platform: Stack, demo: DemoPeople, person: KnownTwice, tmp_path: Path
) -> None:
    account, (kept, closed) = person.account, person.records
    doctor = authorised_doctor(demo, person.closed)
    expect_refusal("record.not_found", 404, lambda: account.list_documents(closed))
    expect_refusal("consent.missing", 403, lambda: doctor.list_documents(kept))
    wait_until(lambda: is_answered(account.head), "a signed head")
    before = [verified(account, kept, tmp_path), verified(person.closed_account, closed, tmp_path)]
    join_person(platform, person)

    for reader in (account, doctor):
        fhir = fhir_client(demo, reader)
        for record, holder in zip(person.records, (person.kept, person.closed), strict=True):
            assert listed(reader, record) == set(person.documents)
            assert len(fhir.search_ids(f"DocumentReference?patient={record}&status=current")) == 2
            for document in person.documents:
                assert str(reader.document(record, document).document_id) == document
                assert reader.download(record, document)
            if reader is doctor:
                ins = holder.patient.ins
                assert str(doctor.find_record(ins.matricule, ins.oid).record.patient_id) == record
    assert str(account.record(kept).other) == closed
    expect_notices(account, kept, "IDENTITES_REUNIES", times=2)
    lines = journal_lines(account, kept, "reunion_identites", outcome="allowed")
    assert len({line.strand for line in lines}) == 2
    assert is_gapless(whole_journal(account, kept))
    for record, then in zip(person.records, before, strict=True):
        wait_until(partial(has_more, account, record, tmp_path, then), "verified lines of the join")

    named = deposit_new(demo, person.closed)
    wait_until(lambda: named in listed(account, kept), "what is new is in both")
    account.set_masked(kept, person.documents[1], True)
    assert listed(doctor, kept) == {person.documents[0], named}

    assert separate(platform, person) == ("sessions", "codes", "closures")
    assert listed(account, kept) == {person.documents[0]}
    again = demo.logged_in_patient(person.closed.login)
    assert listed(again, closed) == {person.documents[1], named}, "and the deposit stays where it was made"
    assert listed(doctor, closed) == {named}, "what the holder masked stays masked"
    for reader, other in ((account, closed), (again, kept)):
        expect_refusal("record.not_found", 404, partial(reader.list_documents, other))
    expect_refusal("consent.missing", 403, lambda: doctor.list_documents(kept))
    for reader, record in ((account, kept), (again, closed)):
        expect_notices(reader, record, "IDENTITES_SEPAREES")
        wait_for_line(reader, record, "separation_identites", outcome="allowed")
        assert is_gapless(whole_journal(reader, record))
        wait_until(partial(has_more, reader, record, tmp_path, max(before)), "verified lines of the separation")
    wait_for_line(again, closed, "modif_visibilite", outcome="allowed")


def test_what_is_deposited_while_identities_are_joined_and_separated_is_where_it_was_made(
    platform: Stack, demo: DemoPeople, person: KnownTwice
) -> None:
    def deposit_some(holder: Holder) -> set[str]:
        return {deposit_new(demo, holder) for _ in range(5)}

    with ThreadPoolExecutor(2) as pool:
        depositing = [pool.submit(deposit_some, holder) for holder in (person.kept, person.closed)]
        join_person(platform, person)
        together = listed(person.account, person.kept.record)
        separate(platform, person)
        made = [deposits.result() for deposits in depositing]
    assert together >= set(person.documents)
    assert listed(person.account, person.kept.record) == {person.documents[0], *made[0]}
    again = demo.logged_in_patient(person.closed.login)
    assert listed(again, person.closed.record) == {person.documents[1], *made[1]}


def test_one_agent_alone_joins_nothing_and_no_identity_is_joined_to_itself_or_twice(
    platform: Stack, demo: DemoPeople, person: KnownTwice
) -> None:
    agent, (kept, closed) = agent_client(platform), person.records
    expect_refusal("request.invalid", 400, lambda: agent.join_identities(kept, kept, SEEN))
    expect_refusal("request.invalid", 400, lambda: agent.join_identities(kept, closed, " - "))
    expect_refusal("record.not_found", 404, lambda: agent.join_identities(kept, uuid4(), SEEN))
    expect_refusal("patient.not_joined", 404, lambda: agent.separate_identities(kept, closed, SEEN))
    man = open_record(demo, replace(new_minor(), sex="M")).record
    expect_refusal("patient.identities_contradict", 422, lambda: agent.join_identities(kept, man, SEEN))

    assert refusal_of(lambda: agent.join_identities(kept, closed, SEEN))[:2] == AWAITED
    expect_refusal("representation.second_agent", 403, lambda: agent.join_identities(kept, closed, SEEN))
    stranger, colleague = agent_client(platform, STRANGER), agent_client(platform, COLLEAGUE)
    assert refusal_of(lambda: stranger.join_identities(kept, closed, SEEN))[:2] == AWAITED, "another organisation"
    assert refusal_of(lambda: colleague.join_identities(closed, kept, SEEN))[:2] == AWAITED, "the other is kept"
    colleague.join_identities(kept, closed, SEEN)
    third = open_record(demo).record
    for pair in ((kept, closed), (closed, kept), (third, kept), (closed, third)):
        expect_refusal("patient.joined", 409, partial(agent.join_identities, *pair, SEEN))
    expect_refusal("patient.not_joined", 404, lambda: agent.separate_identities(kept, third, SEEN))

    dead = open_record(demo)
    by_two(platform, lambda agent: agent.report_death(dead.record, "2026-11-02", "Acte 1234/2026"))
    expect_refusal("patient.deceased", 403, lambda: agent.join_identities(third, dead.record, SEEN))


def test_a_number_that_made_a_second_person_says_that_joining_is_the_way(
    platform: Stack, demo: DemoPeople, person: KnownTwice
) -> None:
    number = person.kept.patient.ins
    refused = refusal_of(lambda: agent_client(platform).change_ins(person.closed.record, number, SEEN))
    assert refused[:2] == (409, "ins.taken")
    assert f"{person.closed.record}/join" not in refused[2], "and not whose it is"
    assert "réunir" in refused[2]


def test_what_either_identity_refused_is_refused_of_both(
    platform: Stack, demo: DemoPeople, person: KnownTwice
) -> None:
    kept, closed = person.records
    blocked, doctor = authorised_doctor(demo, person.kept, "gp"), authorised_doctor(demo, person.kept)
    person.closed_account.block(closed, demo.professional("gp").rpps)
    hidden = deposit_new(demo, person.closed, Visibility.MASQUE_PS)
    person.closed_account.set_default_masked(closed, True)
    person.account.set_unmasking(kept, True)
    person.closed_account.set_opposed(closed, "bris_de_glace", True)
    join_person(platform, person)

    for record in person.records:
        expect_refusal("consent.blocked", 403, partial(blocked.list_documents, record))
        assert listed(doctor, record) == set(person.documents)
        expect_refusal("document.not_found", 404, partial(doctor.document, record, hidden))
        urgent = demo.logged_in("pharmacist")
        expect_refusal("emergency.opposed", 403, partial(urgent.break_glass, record, "malaise, patient inconscient"))
    new = deposit_new(demo, person.kept)
    assert new not in listed(doctor, kept), "new documents are masked in both"
    assert new in listed(person.account, kept)

    person.account.unblock(kept, demo.professional("gp").rpps)
    blocked.list_documents(closed)
    separate(platform, person)
    blocked.list_documents(kept)
    again = demo.logged_in_patient(person.closed.login)
    assert list(again.circle(closed).blocked) == [demo.professional("gp").rpps], "as before"


def test_the_account_apps_and_representatives_of_the_closed_identity_have_no_effect_meanwhile(
    platform: Stack, demo: DemoPeople, operator_client: OperatorClient, person: KnownTwice
) -> None:
    kept, closed = person.records
    app = SmartApp(demo.gateway, register_app(operator_client).client_id)
    tokens = [tokens_in(app.redeem(authorization_code(demo, holder, app))) for holder in (person.kept, person.closed)]
    own, ended = (FhirClient(demo.gateway, token["access_token"]) for token in tokens)
    person.closed_account.name_medecin_traitant(closed, demo.professional("gp").rpps)
    join_person(platform, person)

    wait_until(lambda: not is_answered(lambda: person.closed_account.list_documents(closed)), "its session has ended")
    expect_refusal("account.locked", 403, lambda: demo.logged_in_patient(person.closed.login))
    assert app.refresh(tokens[1]["refresh_token"]).status_code == 400
    path = "DocumentReference?patient={}&status=current"
    assert len(own.search_ids(path.format(kept))) == len(own.search_ids(path.format(closed))) == 2
    assert all(ended.get(path.format(record)).status_code in {403, 404} for record in person.records)
    gp = demo.logged_in("gp")
    expect_refusal("consent.missing", 403, lambda: gp.list_documents(closed))
    assert [granted.app for granted in person.account.apps(closed)] == [app.client_id]
    person.account.revoke_app(kept, app.client_id)
    wait_until(lambda: own.get(path.format(kept)).status_code in {401, 404}, "the app is refused")

    separate(platform, person)
    assert ended.get(path.format(closed)).status_code == 200, "the app of the other is back"
    tokens_in(app.refresh(tokens[1]["refresh_token"]))
    gp.list_documents(closed)


def test_who_represents_only_the_closed_identity_of_a_child_represents_it_again_after_the_separation(
    platform: Stack, demo: DemoPeople
) -> None:
    kept, closed = open_record(demo, new_minor()), open_record(demo, new_minor())
    mother, father = open_record(demo), open_record(demo)
    reader, ended = activate_account(demo, mother), activate_account(demo, father)
    appoint_representative(platform, demo, kept, mother.card)
    appoint_representative(platform, demo, closed, father.card)
    document = deposit_new(demo, closed)
    assert listed(ended, closed.record) == {document}
    join(platform, kept.record, closed.record, seen_by=reader)

    wait_until(lambda: listed(reader, closed.record) == {document}, "the mother reads both")
    for record in (kept.record, closed.record):
        expect_refusal("record.not_found", 404, partial(ended.list_documents, record))
    assert ended.profiles() == ()
    wait_for_line(reader, kept.record, "fin_representation", reason="reunion_identites")
    expect_notices(ended, father.record, "FIN_REPRESENTATION")

    by_two(platform, lambda agent: agent.separate_identities(kept.record, closed.record, SEEN))
    wait_until(lambda: len(ended.profiles()) == 1, "the father represents the other one again")
    assert listed(ended, closed.record) == {document}
    expect_refusal("record.not_found", 404, lambda: ended.list_documents(kept.record))


def test_both_records_are_closed_reopened_and_reported_dead_together(
    platform: Stack, demo: DemoPeople, person: KnownTwice
) -> None:
    kept, closed = person.records
    doctor, agent = authorised_doctor(demo, person.kept), agent_client(platform)
    join_person(platform, person)
    assert person.account.close_record(closed).status == "closed"
    for record, holder in zip(person.records, (person.kept, person.closed), strict=True):
        expect_refusal("record.not_active", 403, partial(doctor.list_documents, record))
        content = document_for(demo, holder)
        expect_refusal("record.not_active", 403, partial(deposit, demo.logged_in("hospital"), holder, content))
    agent.reopen_record(kept)
    assert listed(doctor, closed) == set(person.documents)

    by_two(platform, lambda agent: agent.report_death(closed, "2026-11-02", "Acte 1234/2026"))
    expect_refusal("account.locked", 403, lambda: demo.logged_in_patient(person.kept.login))
    reader = patient_client(platform, kept)
    wait_until(lambda: not is_answered(lambda: reader.list_documents(kept)), "nobody has a right to it")
    expect_refusal("patient.deceased", 403, lambda: agent.separate_identities(kept, closed, SEEN))
    by_two(platform, lambda agent: agent.undo_death(kept, "Carte d'identité 880692310285"))
    wait_until(lambda: is_answered(lambda: doctor.list_documents(closed)), "both are open again")


def test_a_second_person_made_by_a_card_needs_no_record_to_be_joined(platform: Stack, demo: DemoPeople) -> None:
    known = open_record(demo, new_patient(oid=OID_NIA))
    account, document = activate_account(demo, known), deposit_new(demo, known)
    second = open_record(demo, new_patient(oid=OID_NIR))
    other = activate_account(demo, second)
    other.request_destruction(second.record)
    join(platform, known.record, second.record, seen_by=account)
    wait_until(lambda: account.record(known.record).status == "closed", "what either shut is shut")
    agent_client(platform).reopen_record(known.record)
    assert listed(account, second.record) == {document}
    doctor = authorised_doctor(demo, second)
    assert listed(doctor, known.record) == {document}, "the card of either shows that the patient is there"
    assert str(deposit(doctor, second, document_for(demo, second, by="specialist")).document_id) in listed(
        account, known.record
    )
