"""A carte Vitale alone opens no account: it waits for the code of a letter, or for an agent."""

import json
import stat
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import Engine, select
from typer.testing import CliRunner, Result

from cli.main import app
from contracts.envelope import Actor
from contracts.errors.execution import AccountExists
from contracts.errors.request import AccountNotFound, AccountPending, LoginFailed, RecordNotFound
from contracts.identity.events import AccountActivated
from contracts.identity.logins import ConfirmInPerson
from contracts.identity.people import Contact, GetContact, Token
from contracts.vocabulary import PatientId, Role
from deploy.dev import people
from services.identity import tables
from services.identity.domain.activating import LETTER_TRIES, PENDING_LIFE, ActivationFactor
from services.identity.domain.guessing import GUESSES_A_DAY
from services.identity.handlers import accounts, patients
from tests.integration.identity.harness import PATIENT, IdentityHarness
from tests.integration.identity.test_identity_recovery import recover

AGENT = Actor(role=Role.AGENT, subject="agent-1", name="Accueil CPAM")


@pytest.fixture
def waiting(engine: Engine, cards: Path) -> IdentityHarness:
    """Identity as it is outside development."""
    return IdentityHarness(engine, cards, factor=ActivationFactor.LETTER)


@pytest.fixture
def pepper(tmp_path: Path, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The pepper of the harness, and its database, as the command finds them."""
    file = tmp_path / "pepper.key"
    file.write_bytes(bytes(32))
    url = engine.url.render_as_string(hide_password=False).replace("+psycopg2", "")
    monkeypatch.setenv("CARNET_IDENTITY_DATABASE_URL", url)
    monkeypatch.setenv("CARNET_CODE_PEPPER_FILE", str(file))
    return file


def holder_of(token: Token) -> PatientId:
    return PatientId(UUID(token.actor.subject))


def write(folder: Path, name: str = "letters") -> Result:
    files = folder / f"{name}.jsonl", folder / f"{name}-insured.jsonl"
    return CliRunner().invoke(app, ["letters", str(files[0]), "--insured", str(files[1])])


def lines_of(file: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def log_in(harness: IdentityHarness, letter: str = "") -> Token:
    return harness.finish_login(harness.start_login().attempt, harness.sent[-1].code, letter=letter)


def test_the_activation_ends_in_an_account_that_may_do_nothing(waiting: IdentityHarness) -> None:
    token = waiting.open_account()
    assert (token.access_token, token.pending) == ("", True)
    with pytest.raises(AccountPending):
        log_in(waiting)
    with pytest.raises(AccountNotFound):
        recover(waiting)
    contact = waiting.run(patients.contact_of, GetContact(patient_id=holder_of(token)))
    assert contact == Contact(), "nothing about the record goes to an address that anybody may have named"
    assert not [event for event in waiting.events if isinstance(event, AccountActivated)]


def test_only_whoever_has_the_right_code_of_the_login_learns_that_the_account_waits(
    waiting: IdentityHarness,
) -> None:
    waiting.open_account()
    attempt = waiting.start_login().attempt
    with pytest.raises(LoginFailed):
        waiting.finish_login(attempt, "-")


def test_the_code_of_the_letter_opens_the_account_once_for_all(
    waiting: IdentityHarness, pepper: Path, tmp_path: Path
) -> None:
    token = waiting.open_account()
    assert write(tmp_path).exit_code == 0
    (letter,) = lines_of(tmp_path / "letters.jsonl")
    assert (letter["family_name"], letter["address"]) == (PATIENT.family_name, "address of the insured")
    opened = log_in(waiting, letter["code"].lower().replace("-", " "))
    assert opened.actor.subject == token.actor.subject
    assert sum(isinstance(event, AccountActivated) for event in waiting.events) == 1
    assert log_in(waiting).access_token


def test_letters_are_written_once_privately_and_only_the_insurer_reads_the_ins(
    waiting: IdentityHarness, pepper: Path, tmp_path: Path
) -> None:
    waiting.open_account()
    result = write(tmp_path)
    letters, insured = tmp_path / "letters.jsonl", tmp_path / "letters-insured.jsonl"
    assert [stat.S_IMODE(file.stat().st_mode) for file in (letters, insured)] == [0o600, 0o600]
    (letter,), (number,) = lines_of(letters), lines_of(insured)
    assert number == {"reference": letter["reference"], "matricule": PATIENT.ins.matricule, "oid": PATIENT.ins.oid}
    assert PATIENT.ins.matricule not in letters.read_text()
    assert letter["code"] not in result.output + insured.read_text()
    with waiting.engine.connect() as connection:
        (sealed,) = connection.scalars(select(tables.letters.c.sealed_code)).all()
    assert sealed is None
    again = write(tmp_path)
    assert (again.exit_code, lines_of(letters)) == (1, [letter]), "nothing is overwritten"
    assert write(tmp_path, "later").exit_code == 0
    assert lines_of(tmp_path / "later.jsonl") == []


def test_with_another_pepper_nothing_is_written_nor_destroyed(
    waiting: IdentityHarness, pepper: Path, tmp_path: Path
) -> None:
    waiting.open_account()
    pepper.write_bytes(bytes(31) + b"x")
    assert write(tmp_path).exit_code == 1
    assert not list(tmp_path.glob("*.jsonl"))
    pepper.write_bytes(bytes(32))
    assert write(tmp_path).exit_code == 0
    assert len(lines_of(tmp_path / "letters.jsonl")) == 1


def test_a_letter_is_tried_ten_times_and_for_sixty_days(
    waiting: IdentityHarness, pepper: Path, tmp_path: Path
) -> None:
    waiting.open_account()
    write(tmp_path)
    (letter,) = lines_of(tmp_path / "letters.jsonl")
    waiting.wait(PENDING_LIFE.total_seconds())
    with pytest.raises(AccountPending):
        log_in(waiting, letter["code"])
    waiting.wait(-24 * 3600)
    for _ in range(LETTER_TRIES):
        waiting.wait(900)
        with pytest.raises(AccountPending):
            log_in(waiting, "22222-22222")
    waiting.wait(900)
    with pytest.raises(AccountPending):
        log_in(waiting, letter["code"])


def test_whoever_waits_for_the_letter_may_log_in_as_often_as_they_like(
    waiting: IdentityHarness, pepper: Path, tmp_path: Path
) -> None:
    """A right code is no failure, though it opens nothing yet."""
    waiting.open_account()
    for _ in range(GUESSES_A_DAY + 2):
        waiting.wait(900)
        with pytest.raises(AccountPending):
            log_in(waiting)


def test_an_agent_who_has_seen_the_holder_opens_the_account(engine: Engine, cards: Path) -> None:
    harness = IdentityHarness(engine, cards, factor=ActivationFactor.AGENT)
    holder = holder_of(harness.open_account())
    with harness.engine.connect() as connection:
        assert connection.execute(select(tables.letters)).all() == []
    harness.run(accounts.confirm_in_person, ConfirmInPerson(patient_id=holder), AGENT)
    assert log_in(harness).access_token
    with pytest.raises(RecordNotFound):
        harness.run(accounts.confirm_in_person, ConfirmInPerson(patient_id=holder), AGENT)


def test_whoever_found_a_card_keeps_its_holder_out_of_nothing(waiting: IdentityHarness) -> None:
    """The holder's own activation takes the place of the thief's, with its identifier and password."""
    waiting.open_account(identifier="Voleur")
    own = waiting.open_account(identifier="Adele")
    waiting.run(accounts.confirm_in_person, ConfirmInPerson(patient_id=holder_of(own)), AGENT)
    assert log_in(waiting).access_token
    attempt = waiting.start_login("voleur").attempt
    with pytest.raises(LoginFailed):
        waiting.finish_login(attempt, waiting.sent[-1].code)
    with pytest.raises(AccountExists):
        waiting.activate(waiting.vitale_proof(), identifier="another")
    with pytest.raises(AccountExists):
        waiting.activate(waiting.vitale_proof(people.PATIENTS[1]), identifier="adele")
