"""What an operator may not do alone takes effect only once another operator has sent the same request."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from typer.testing import CliRunner

from cli.main import app
from client.errors import ApiError
from client.operator import OperatorClient
from client.people import DemoPeople
from contracts.audit import SearchJournal
from contracts.codes.habilitation import matrix_text
from contracts.errors.execution import SameOperator, SecondSignatureAwaited
from contracts.identity.apps import ClientKind, RegisterClient
from contracts.vocabulary import Act, PatientId, Role
from contracts.wiring import APIS
from deploy.dev.keys import OPERATORS
from deploy.dev.stack import Stack
from tests.support.clock import run_sql
from tests.support.operators import TwoOperators
from tests.support.people import Holder, open_record
from tests.support.refusals import expect_refusal, refusal_of
from tests.support.staff import operators
from tests.support.waiting import wait_until

AWAITED = (409, SecondSignatureAwaited.code)


@pytest.fixture
def first(platform: Stack) -> OperatorClient:
    return operators(platform, OPERATORS[0])


@pytest.fixture
def second(platform: Stack) -> OperatorClient:
    return operators(platform, OPERATORS[1])


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


def an_app(**terms: str) -> RegisterClient:
    return RegisterClient(
        client_id=f"essai-{uuid4().hex[:12]}",
        name=terms.get("name", "Essai"),
        publisher="Essai SAS",
        purpose="Essayer",
        kind=ClientKind.PUBLIC,
        redirect_uris=("https://essai.example/retour",),
        scopes="launch/patient patient/Patient.rs",
    )


def registered(operator: OperatorClient) -> set[str]:
    return {client.client_id for client in operator.registered_apps()}


def test_the_dangerous_methods_of_operators_need_two() -> None:
    found = {
        method.route
        for api in APIS
        for method in api.methods()
        if method.countersigned is not None and Role.OPERATOR in method.roles
    }
    assert found == {
        "identity.lock_account",
        "identity.register_client",
        "identity.suspend_client",
        "identity.suspend_professional",
        "identity.suspend_software",
        "records.suspend_record",
        "records.resume_record",
        "records.load_filing",
        "consent.load_matrix",
        "consent.withdraw_matrix",
        "audit.erase_identity",
        "audit.attest_act",
    }


def test_an_app_is_listed_once_two_operators_have_asked_for_the_same(
    first: OperatorClient, second: OperatorClient
) -> None:
    wanted = an_app()
    assert refusal_of(lambda: first.register_app(wanted))[:2] == AWAITED
    expect_refusal(SameOperator.code, 403, first.register_app, wanted)
    assert wanted.client_id not in registered(first)

    assert second.register_app(wanted).client_id == wanted.client_id
    assert wanted.client_id in registered(first)

    # Both signatures are used up.
    assert refusal_of(lambda: second.register_app(wanted))[:2] == AWAITED


def test_a_signature_is_for_exactly_what_was_asked(first: OperatorClient, second: OperatorClient) -> None:
    wanted = an_app()
    other = an_app(name="Autre")
    assert refusal_of(lambda: first.register_app(wanted))[:2] == AWAITED
    assert refusal_of(lambda: second.register_app(other))[:2] == AWAITED
    assert not {wanted.client_id, other.client_id} & registered(first)


def test_a_signature_ends_after_its_time(platform: Stack, first: OperatorClient, second: OperatorClient) -> None:
    wanted = an_app()
    assert refusal_of(lambda: first.register_app(wanted))[:2] == AWAITED
    run_sql(platform, "identity", "UPDATE signatures SET until = now() - interval '1 second'")
    assert refusal_of(lambda: second.register_app(wanted))[:2] == AWAITED
    assert first.register_app(wanted).client_id == wanted.client_id


def test_a_request_that_is_wrong_is_not_signed(platform: Stack, first: OperatorClient) -> None:
    unknown = str(uuid4())
    before = run_sql(platform, "identity", "SELECT count(*) FROM signatures")
    expect_refusal("record.not_found", 404, first.lock_account, unknown, locked=True)
    expect_refusal("oauth.client_not_found", 404, first.suspend_app, f"personne-{unknown[:8]}", suspended=True)
    assert run_sql(platform, "identity", "SELECT count(*) FROM signatures") == before


def test_of_many_second_signatures_at_once_one_is_used(
    platform: Stack, demo: DemoPeople, holder: Holder, first: OperatorClient
) -> None:
    assert refusal_of(lambda: first.suspend_record(holder.record))[:2] == AWAITED

    def suspend(_: int) -> str:
        try:
            return operators(platform, OPERATORS[1]).suspend_record(holder.record).status
        except ApiError as error:
            return error.code

    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(suspend, range(6)))

    assert answers.count("suspended") == 1, answers
    # The others find the record suspended.
    assert set(answers) == {"suspended", "record.transition"}


def test_each_signature_given_or_refused_is_in_the_journal(
    holder: Holder, first: OperatorClient, second: OperatorClient
) -> None:
    assert refusal_of(lambda: first.suspend_record(holder.record))[:2] == AWAITED
    expect_refusal(SameOperator.code, 403, first.suspend_record, holder.record)
    second.suspend_record(holder.record)

    search = SearchJournal(patient_id=PatientId(UUID(holder.record)), acts=(Act.SUSPENSION_DOSSIER,))
    wait_until(lambda: len(first.search_journal(search).lines) == 3, "three lines in the journal")

    lines = [(line.actor, line.outcome, line.reason) for line in first.search_journal(search).lines]
    assert set(lines) == {
        (OPERATORS[0], "refused", SecondSignatureAwaited.code),
        (OPERATORS[0], "refused", SameOperator.code),
        (OPERATORS[1], "allowed", "operateur"),
    }


def test_comparing_a_matrix_needs_one_operator(first: OperatorClient) -> None:
    other = json.dumps(json.loads(matrix_text()) | {"version": f"essai-{uuid4().hex[:8]}", "effective": "2999-01-01"})
    assert not first.load_matrix(other, load=False).loaded
    assert refusal_of(lambda: first.load_matrix(other, load=True))[:2] == AWAITED


def test_two_operators_withdraw_a_loaded_matrix(operator_cli: TwoOperators, tmp_path: Path) -> None:
    name, file = f"essai-{uuid4().hex[:8]}", tmp_path / "matrix.json"
    file.write_text(json.dumps(json.loads(matrix_text()) | {"version": name, "effective": "2999-01-01"}))
    assert operator_cli.invoke(app, ["matrix", "load", str(file), "--yes"]).exit_code == 0

    declined = operator_cli.invoke(app, ["matrix", "withdraw", name], input="n\n")
    assert (declined.exit_code, "2999-01-01" in declined.output) == (1, True)
    done = operator_cli.invoke(app, ["matrix", "withdraw", name, "--yes"])
    assert done.exit_code == 0, done.output

    listed = operator_cli.invoke(app, ["matrix", "list", "--json"])
    [version] = [found for found in json.loads(listed.stdout)["versions"] if found["version"] == name]
    assert version["withdrawn_at"]
    assert operator_cli.invoke(app, ["matrix", "withdraw", name, "--yes"]).exit_code == 1


def test_the_command_says_what_is_wrong_before_a_second_signature(operator_cli: CliRunner) -> None:
    unknown = operator_cli.invoke(app, ["software", "suspend", "LPS-999"])
    assert unknown.exit_code == 1
    assert "software.not_found" in unknown.output
