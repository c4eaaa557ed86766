"""Identity's repositories: one patient per INS, one use per proof and code, right counts under concurrency."""

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

from contracts.identity.apps import Software
from contracts.identity.people import Contact, Traits
from contracts.vocabulary import OID_TEST, Channel, Finess, Ins, PatientId, Rpps, SoftwareProfile
from services.identity import tables
from services.identity.directory import (
    Directory,
    ListedProfessional,
    ListedSoftware,
    ListedStructure,
    import_directory,
)
from services.identity.repositories.accounts import PendingAccount
from services.identity.repositories.attempts import Attempt, AttemptPurpose
from services.identity.repositories.database import IdentityRepositories

NOW = datetime(2030, 3, 1, 9, 0, tzinfo=UTC)
INS = Ins("285077599900132", OID_TEST)
TRAITS = Traits(family_name="LORMELLE", given_names="ADELE", birth_date=date(1985, 7, 14), sex="F")

R = TypeVar("R")


def concurrently(engine: Engine, count: int, do: Callable[[IdentityRepositories], R]) -> list[R]:
    """The results of `do` in `count` transactions at the same time."""

    def transact(_: int) -> R:
        with engine.begin() as connection:
            return do(IdentityRepositories(connection))

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(transact, range(count)))


@pytest.fixture
def connection(engine: Engine) -> Connection:
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


@pytest.fixture
def repositories(connection: Connection) -> IdentityRepositories:
    return IdentityRepositories(connection)


def admit(repositories: IdentityRepositories, ins: Ins = INS, traits: Traits = TRAITS) -> PatientId:
    return repositories.admit(ins, traits, key_is_right=True, new_id=PatientId(uuid4()), now=NOW)


def attempt_of(holder: PatientId | None = None, sealed: bytes = b"right") -> Attempt:
    return Attempt(uuid4(), AttemptPurpose.LOGIN, holder, sealed, NOW + timedelta(minutes=10))


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
    chassis_own = {"outbox", "inbox", "signatures", "alembic_version"}

    def is_ours(_object: object, name: str | None, kind: str, *_: object) -> bool:
        return kind != "table" or name not in chassis_own

    context = MigrationContext.configure(connection, opts={"include_object": is_ours})
    assert compare_metadata(context, tables.metadata) == []


def test_tables_about_patients_have_the_patient_first_in_their_key() -> None:
    for table in tables.metadata.sorted_tables:
        if "patient_id" in table.c:
            assert next(iter(table.primary_key)).name == "patient_id", table.name


def test_patients_admitted_at_the_same_time_are_one(engine: Engine, repositories: IdentityRepositories) -> None:
    ids = concurrently(engine, 8, admit)
    assert len(set(ids)) == 1
    assert repositories.find_patient(INS) == ids[0]
    assert repositories.connection.scalar(select(func.count()).select_from(tables.patients)) == 1


def test_the_card_shown_last_says_what_somebody_is_called(repositories: IdentityRepositories) -> None:
    first = admit(repositories)
    renamed = Traits(family_name="RIVE", given_names="ADELE", birth_date=TRAITS.birth_date, sex="F")
    assert admit(repositories, traits=renamed) == first
    assert repositories.connection.scalar(select(tables.patients.c.family_name)) == "RIVE"


def test_the_same_matricule_of_another_list_is_another_patient(repositories: IdentityRepositories) -> None:
    assert admit(repositories) != admit(repositories, Ins(INS.matricule, "1.2.250.1.213.1.4.8"))


def test_an_unknown_ins_finds_nobody(repositories: IdentityRepositories) -> None:
    assert repositories.find_patient(INS) is None


def test_a_proof_is_spent_once_among_all_who_try(engine: Engine, repositories: IdentityRepositories) -> None:
    assert sorted(concurrently(engine, 8, lambda repositories: repositories.spend(b"mark", NOW))) == [False] * 7 + [
        True
    ]
    assert repositories.spend(b"another", NOW)


def test_only_expired_proofs_are_forgotten(repositories: IdentityRepositories) -> None:
    repositories.spend(b"old", NOW - timedelta(seconds=1))
    repositories.spend(b"new", NOW + timedelta(seconds=1))
    repositories.forget_expired_proofs(NOW)
    assert repositories.spend(b"old", NOW)
    assert not repositories.spend(b"new", NOW)


def test_a_right_code_serves_once_among_all_who_try(engine: Engine, repositories: IdentityRepositories) -> None:
    attempt = attempt_of(PatientId(uuid4()))
    repositories.put_attempt(attempt)
    tried = concurrently(
        engine, 4, lambda repositories: repositories.try_code(attempt.attempt_id, AttemptPurpose.LOGIN, b"right", NOW)
    )
    assert sorted(result.right for result in tried) == [False, False, False, True]


def test_five_tries_and_no_more_even_at_the_same_time(engine: Engine, repositories: IdentityRepositories) -> None:
    attempt = attempt_of(PatientId(uuid4()))
    repositories.put_attempt(attempt)
    tried = concurrently(
        engine, 8, lambda repositories: repositories.try_code(attempt.attempt_id, AttemptPurpose.LOGIN, b"wrong", NOW)
    )
    assert sum(result.holder == attempt.holder for result in tried) == 5
    assert not repositories.try_code(attempt.attempt_id, AttemptPurpose.LOGIN, b"right", NOW).right


def test_a_code_serves_its_own_purpose_attempt_and_time_only(repositories: IdentityRepositories) -> None:
    attempt = attempt_of(PatientId(uuid4()))
    other = attempt_of(PatientId(uuid4()), b"other")
    repositories.put_attempt(attempt)
    repositories.put_attempt(other)
    late = NOW + timedelta(minutes=10)
    assert not repositories.try_code(attempt.attempt_id, AttemptPurpose.ACTIVATION, b"right", NOW).right
    assert not repositories.try_code(attempt.attempt_id, AttemptPurpose.LOGIN, b"right", late).right
    assert not repositories.try_code(other.attempt_id, AttemptPurpose.LOGIN, b"right", NOW).right
    assert not repositories.try_code(uuid4(), AttemptPurpose.LOGIN, b"right", NOW).right
    assert repositories.try_code(attempt.attempt_id, AttemptPurpose.LOGIN, b"right", NOW).right


def test_a_decoy_never_opens(repositories: IdentityRepositories) -> None:
    decoy = attempt_of(None)
    repositories.put_attempt(decoy)
    assert not repositories.try_code(decoy.attempt_id, AttemptPurpose.LOGIN, b"right", NOW).right


def test_logins_started_at_the_same_time_are_counted_in_turn(
    engine: Engine, repositories: IdentityRepositories
) -> None:
    waits = concurrently(engine, 8, lambda repositories: repositories.count_login(b"key", NOW))
    assert sorted(waits) == [0] * 5 + [30] * 3
    assert repositories.count_login(b"another", NOW) == 0
    assert repositories.count_login(b"key", NOW + timedelta(seconds=30)) == 0
    assert repositories.count_login(b"key", NOW + timedelta(seconds=30)) == 60
    repositories.forget_logins(b"key")
    assert repositories.count_login(b"key", NOW) == 0


def test_expired_attempts_counts_and_accounts_are_deleted(repositories: IdentityRepositories) -> None:
    attempt, pending = attempt_of(PatientId(uuid4())), pending_of(admit(repositories))
    repositories.put_attempt(attempt)
    repositories.put_pending(pending)
    repositories.count_login(b"key", NOW)
    kept = (tables.code_attempts, tables.pending_accounts, tables.unfinished_logins)
    for later, left in ((timedelta(minutes=9), 3), (timedelta(minutes=11), 1), (timedelta(hours=25), 0)):
        repositories.forget_expired_attempts(NOW + later)
        repositories.forget_expired_accounts(NOW + later)
        counts = [repositories.connection.scalar(select(func.count()).select_from(table)) for table in kept]
        assert sum(count or 0 for count in counts) == left


def test_an_account_is_verified_where_its_code_went(repositories: IdentityRepositories) -> None:
    for channel, contact in (
        (Channel.SMS, Contact(mobile="+33639980011")),
        (Channel.EMAIL, Contact(email="adele@courrier.example")),
    ):
        patient_id = admit(repositories, Ins(INS.matricule, channel))
        assert repositories.activate(
            replace(pending_of(patient_id, f"adele.{channel}"), channel=channel), NOW, waits=False
        )
        account = repositories.account_of(patient_id)
        assert account is not None
        assert account.contact == contact
        assert repositories.find_account(f"adele.{channel}") == account


def test_an_identifier_is_one_patients_and_a_patient_has_one_account(
    engine: Engine, repositories: IdentityRepositories
) -> None:
    adele, roger = admit(repositories), admit(repositories, Ins("162047599900293", OID_TEST))
    pending = [pending_of(adele, "same"), pending_of(roger, "same")]

    def activate(account: PendingAccount) -> bool:
        with engine.connect() as connection:
            done = IdentityRepositories(connection).activate(account, NOW, waits=False)
            if done:
                connection.commit()
            return done

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(activate, pending)) == [False, True]
    holder = repositories.find_account("same")
    assert holder is not None
    assert not activate(pending_of(holder.patient_id, "second"))
    assert repositories.is_taken(holder.patient_id, "whatever")
    assert repositories.is_taken(PatientId(uuid4()), "same")
    assert not repositories.is_taken(PatientId(uuid4()), "free")


def test_a_new_pending_account_replaces_the_one_before(repositories: IdentityRepositories) -> None:
    patient_id = admit(repositories)
    first, second = pending_of(patient_id, "first"), pending_of(patient_id, "second")
    repositories.put_pending(first)
    repositories.put_pending(second)
    assert repositories.take_pending(patient_id, first.attempt_id) is None
    assert repositories.take_pending(patient_id, second.attempt_id) == second
    assert repositories.take_pending(patient_id, second.attempt_id) is None
    assert repositories.account_of(patient_id) is None


def directory(*, profession: str, places: tuple[str, ...], email: str | None = None) -> Directory:
    return Directory(
        structures=tuple(ListedStructure(Finess(number), "Maison") for number in ("990000010", "990000028")),
        professionals=(
            ListedProfessional(
                Rpps("89990000013"),
                "Dr",
                "RIVE",
                "Ada",
                profession,
                tuple(Finess(number) for number in places),
                email,
            ),
        ),
        software=(ListedSoftware("HOM-1", "Logiciel", SoftwareProfile.CONSULTATION),),
    )


def test_the_directory_is_renewed_by_what_its_file_states(repositories: IdentityRepositories) -> None:
    import_directory(directory(profession="10", places=("990000010",)), repositories)
    import_directory(directory(profession="60", places=("990000028",), email="ada@maison.example"), repositories)
    entry = repositories.find_professional(Rpps("89990000013"))
    assert entry is not None
    assert (entry.name, entry.profession, entry.structures) == ("Dr Ada RIVE", "60", frozenset({"990000028"}))
    assert repositories.contact_of_professional(Rpps("89990000013")) == Contact(email="ada@maison.example")
    assert repositories.homologated("HOM-1") == Software(
        number="HOM-1", name="Logiciel", profile=SoftwareProfile.CONSULTATION
    )


def test_a_professional_without_place_is_known_and_works_nowhere(repositories: IdentityRepositories) -> None:
    import_directory(directory(profession="10", places=()), repositories)
    entry = repositories.find_professional(Rpps("89990000013"))
    assert entry is not None
    assert entry.structures == frozenset()


def test_nobody_and_nothing_unknown_is_found(repositories: IdentityRepositories) -> None:
    assert repositories.find_professional(Rpps("89990000021")) is None
    assert repositories.contact_of_professional(Rpps("89990000021")) == Contact()
    assert repositories.homologated("HOM-9") is None
    assert repositories.find_account("nobody") is None
