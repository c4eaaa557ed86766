"""Identity's store on PostgreSQL: one patient per INS, one use per proof and code, right counts under concurrency."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, func, select

from contracts.identity import Contact, Software, Traits
from contracts.vocabulary import OID_TEST, Channel, Finess, Ins, PatientId, Rpps, SoftwareProfile
from services.identity import tables
from services.identity.directory import Directory, ListedProfessional, ListedSoftware, ListedStructure, take_in
from services.identity.store import IdentityStore
from services.identity.store.accounts import PendingAccount
from services.identity.store.attempts import Attempt, Purpose

NOW = datetime(2030, 3, 1, 9, 0, tzinfo=UTC)
INS = Ins("285077599900132", OID_TEST)
TRAITS = Traits(family_name="LORMELLE", given_names="ADELE", birth_date=date(1985, 7, 14), sex="F")

R = TypeVar("R")


def at_once(engine: Engine, count: int, do: Callable[[IdentityStore], R]) -> list[R]:
    """`do` in as many transactions at the same time."""

    def one(_: int) -> R:
        with engine.begin() as connection:
            return do(IdentityStore(connection))

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(one, range(count)))


@pytest.fixture
def connection(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


@pytest.fixture
def store(connection: Connection) -> IdentityStore:
    return IdentityStore(connection)


def admit(store: IdentityStore, ins: Ins = INS, traits: Traits = TRAITS) -> PatientId:
    return store.admit(ins, traits, key_is_right=True, new_id=PatientId(uuid4()), now=NOW)


def attempt_of(holder: PatientId | None = None, sealed: bytes = b"right") -> Attempt:
    return Attempt(uuid4(), Purpose.LOGIN, holder, sealed, NOW + timedelta(minutes=10))


def pending_of(patient_id: PatientId, identifier: str = "adele") -> PendingAccount:
    return PendingAccount(
        patient_id=patient_id,
        attempt_id=uuid4(),
        identifier=identifier,
        password_hash="hash",
        email="adele@courrier.example",
        mobile="+33639980011",
        channel=Channel.SMS,
        expires_at=NOW + timedelta(minutes=10),
    )


def test_the_migrated_database_is_what_the_tables_say(connection: Connection) -> None:
    chassis_own = {"outbox", "inbox", "alembic_version"}

    def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name not in chassis_own

    context = MigrationContext.configure(connection, opts={"include_object": is_ours})
    assert compare_metadata(context, tables.metadata) == []


def test_what_is_kept_about_a_patient_is_led_by_the_patient() -> None:
    for table in tables.metadata.sorted_tables:
        if "patient_id" in table.c:
            assert next(iter(table.primary_key)).name == "patient_id", table.name


def test_patients_admitted_at_the_same_time_are_one(engine: Engine, store: IdentityStore) -> None:
    ids = at_once(engine, 8, admit)
    assert len(set(ids)) == 1
    assert store.find_patient(INS) == ids[0]
    assert store.connection.scalar(select(func.count()).select_from(tables.patients)) == 1


def test_the_card_shown_last_says_what_somebody_is_called(store: IdentityStore) -> None:
    first = admit(store)
    renamed = Traits(family_name="RIVE", given_names="ADELE", birth_date=TRAITS.birth_date, sex="F")
    assert admit(store, traits=renamed) == first
    assert store.connection.scalar(select(tables.patients.c.family_name)) == "RIVE"


def test_the_same_matricule_of_another_list_is_another_patient(store: IdentityStore) -> None:
    assert admit(store) != admit(store, Ins(INS.matricule, "1.2.250.1.213.1.4.8"))


def test_an_unknown_ins_finds_nobody(store: IdentityStore) -> None:
    assert store.find_patient(INS) is None


def test_a_proof_is_spent_once_among_all_who_try(engine: Engine, store: IdentityStore) -> None:
    assert sorted(at_once(engine, 8, lambda store: store.spend(b"mark", NOW))) == [False] * 7 + [True]
    assert store.spend(b"another", NOW)


def test_only_expired_proofs_are_forgotten(store: IdentityStore) -> None:
    store.spend(b"old", NOW - timedelta(seconds=1))
    store.spend(b"new", NOW + timedelta(seconds=1))
    store.forget_expired_proofs(NOW)
    assert store.spend(b"old", NOW)
    assert not store.spend(b"new", NOW)


def test_a_right_code_serves_once_among_all_who_try(engine: Engine, store: IdentityStore) -> None:
    attempt = attempt_of(PatientId(uuid4()))
    store.put_attempt(attempt)
    tried = at_once(engine, 4, lambda store: store.try_code(attempt.attempt_id, Purpose.LOGIN, b"right", NOW))
    assert sorted(one.right for one in tried) == [False, False, False, True]


def test_five_tries_and_no_more_even_at_the_same_time(engine: Engine, store: IdentityStore) -> None:
    attempt = attempt_of(PatientId(uuid4()))
    store.put_attempt(attempt)
    tried = at_once(engine, 8, lambda store: store.try_code(attempt.attempt_id, Purpose.LOGIN, b"wrong", NOW))
    assert sum(one.holder == attempt.holder for one in tried) == 5
    assert not store.try_code(attempt.attempt_id, Purpose.LOGIN, b"right", NOW).right


def test_a_code_serves_its_own_purpose_attempt_and_time_only(store: IdentityStore) -> None:
    attempt = attempt_of(PatientId(uuid4()))
    other = attempt_of(PatientId(uuid4()), b"other")
    store.put_attempt(attempt)
    store.put_attempt(other)
    late = NOW + timedelta(minutes=10)
    assert not store.try_code(attempt.attempt_id, Purpose.ACTIVATION, b"right", NOW).right
    assert not store.try_code(attempt.attempt_id, Purpose.LOGIN, b"right", late).right
    assert not store.try_code(other.attempt_id, Purpose.LOGIN, b"right", NOW).right
    assert not store.try_code(uuid4(), Purpose.LOGIN, b"right", NOW).right
    assert store.try_code(attempt.attempt_id, Purpose.LOGIN, b"right", NOW).right


def test_a_decoy_never_opens(store: IdentityStore) -> None:
    decoy = attempt_of(None)
    store.put_attempt(decoy)
    assert not store.try_code(decoy.attempt_id, Purpose.LOGIN, b"right", NOW).right


def test_logins_started_at_the_same_time_are_counted_in_turn(engine: Engine, store: IdentityStore) -> None:
    waits = at_once(engine, 8, lambda store: store.count_login(b"key", NOW))
    assert sorted(waits) == [0] * 5 + [30] * 3
    assert store.count_login(b"another", NOW) == 0
    assert store.count_login(b"key", NOW + timedelta(seconds=30)) == 0
    assert store.count_login(b"key", NOW + timedelta(seconds=30)) == 60
    store.forget_logins(b"key")
    assert store.count_login(b"key", NOW) == 0


def test_attempts_counts_and_accounts_out_of_time_are_swept(store: IdentityStore) -> None:
    attempt, pending = attempt_of(PatientId(uuid4())), pending_of(admit(store))
    store.put_attempt(attempt)
    store.put_pending(pending)
    store.count_login(b"key", NOW)
    shelves = (tables.code_attempts, tables.pending_accounts, tables.unfinished_logins)
    for later, left in ((timedelta(minutes=9), 3), (timedelta(minutes=11), 1), (timedelta(hours=25), 0)):
        store.forget_expired_attempts(NOW + later)
        store.forget_expired_accounts(NOW + later)
        counts = [store.connection.scalar(select(func.count()).select_from(shelf)) for shelf in shelves]
        assert sum(count or 0 for count in counts) == left


def test_an_account_is_verified_where_its_code_went(store: IdentityStore) -> None:
    for channel, contact in (
        (Channel.SMS, Contact(mobile="+33639980011")),
        (Channel.EMAIL, Contact(email="adele@courrier.example")),
    ):
        patient_id = admit(store, Ins(INS.matricule, channel))
        assert store.activate(replace(pending_of(patient_id, f"adele.{channel}"), channel=channel), NOW)
        account = store.account_of(patient_id)
        assert account is not None
        assert account.contact == contact
        assert store.find_account(f"adele.{channel}") == account


def test_an_identifier_is_one_patients_and_a_patient_has_one_account(engine: Engine, store: IdentityStore) -> None:
    adele, roger = admit(store), admit(store, Ins("162047599900293", OID_TEST))
    wishes = [pending_of(adele, "same"), pending_of(roger, "same")]

    def activate(wish: PendingAccount) -> bool:
        with engine.connect() as connection:
            done = IdentityStore(connection).activate(wish, NOW)
            if done:
                connection.commit()
            return done

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(activate, wishes)) == [False, True]
    holder = store.find_account("same")
    assert holder is not None
    assert not activate(pending_of(holder.patient_id, "second"))
    assert store.is_taken(holder.patient_id, "whatever")
    assert store.is_taken(PatientId(uuid4()), "same")
    assert not store.is_taken(PatientId(uuid4()), "free")


def test_a_new_wish_takes_the_place_of_the_one_before(store: IdentityStore) -> None:
    patient_id = admit(store)
    first, second = pending_of(patient_id, "first"), pending_of(patient_id, "second")
    store.put_pending(first)
    store.put_pending(second)
    assert store.take_pending(patient_id, first.attempt_id) is None
    assert store.take_pending(patient_id, second.attempt_id) == second
    assert store.take_pending(patient_id, second.attempt_id) is None
    assert store.account_of(patient_id) is None


def directory(*, profession: str, places: tuple[str, ...], email: str | None = None) -> Directory:
    return Directory(
        structures=tuple(ListedStructure(Finess(one), "Maison") for one in ("990000010", "990000028")),
        professionals=(
            ListedProfessional(
                Rpps("89990000013"), "Dr", "RIVE", "Ada", profession, tuple(Finess(one) for one in places), email
            ),
        ),
        software=(ListedSoftware("HOM-1", "Logiciel", SoftwareProfile.CONSULTATION),),
    )


def test_the_directory_is_renewed_by_what_its_file_states(store: IdentityStore) -> None:
    take_in(directory(profession="10", places=("990000010",)), store)
    take_in(directory(profession="60", places=("990000028",), email="ada@maison.example"), store)
    entry = store.find_professional(Rpps("89990000013"))
    assert entry is not None
    assert (entry.name, entry.profession, entry.structures) == ("Dr Ada RIVE", "60", frozenset({"990000028"}))
    assert store.contact_of_professional(Rpps("89990000013")) == Contact(email="ada@maison.example")
    assert store.homologated("HOM-1") == Software(
        number="HOM-1", name="Logiciel", profile=SoftwareProfile.CONSULTATION
    )


def test_a_professional_without_place_is_known_and_works_nowhere(store: IdentityStore) -> None:
    take_in(directory(profession="10", places=()), store)
    entry = store.find_professional(Rpps("89990000013"))
    assert entry is not None
    assert entry.structures == frozenset()


def test_nobody_and_nothing_unknown_is_found(store: IdentityStore) -> None:
    assert store.find_professional(Rpps("89990000021")) is None
    assert store.contact_of_professional(Rpps("89990000021")) == Contact()
    assert store.homologated("HOM-9") is None
    assert store.find_account("nobody") is None
