"""A limit holds however many ask at the same time."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from client.errors import ApiError
from client.patient import PatientClient
from client.people import DemoPeople
from contracts.errors.execution import AuthenticatorExists, CarersFull
from tests.support.passkeys import Device
from tests.support.people import Holder, activate_account, open_record

CALLS = 24
DONE = "done"


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def same_person(demo: DemoPeople, patient: PatientClient) -> PatientClient:
    """A connection of its own with the same token: one session is not for several threads."""
    return PatientClient(demo.gateway, patient.token)


def outcomes_of(acts: Sequence[Callable[[], object]]) -> Counter[str]:
    """How often each outcome came, when all acts are begun together."""

    def outcome(act: Callable[[], object]) -> str:
        try:
            act()
        except ApiError as error:
            return error.code
        return DONE

    with ThreadPoolExecutor(len(acts)) as threads:
        return Counter(threads.map(outcome, acts))


def test_a_holder_invites_three_carers_at_most(demo: DemoPeople, holder: Holder, patient: PatientClient) -> None:
    clients = [same_person(demo, patient) for _ in range(CALLS)]
    invite = [
        lambda client=client: client.invite_carer(holder.record, ("synthese",), "Paul", "Maman") for client in clients
    ]
    assert outcomes_of(invite) == {DONE: 3, CarersFull.code: CALLS - 3}
    assert len(patient.carers(holder.record).invitations) == 3


def test_a_carer_helps_five_people_at_most(demo: DemoPeople) -> None:
    carer = activate_account(demo, open_record(demo))
    codes = []
    for _ in range(8):
        other = open_record(demo)
        neighbour = activate_account(demo, other)
        codes.append(neighbour.invite_carer(other.record, ("synthese",), "Paul", "Maman").code)
    clients = [same_person(demo, carer) for _ in codes]
    accept = [
        lambda client=client, code=code: client.answer_invitation(code, accepted=True)
        for client, code in zip(clients, codes, strict=True)
    ]
    assert outcomes_of(accept) == {DONE: 5, CarersFull.code: 3}


def test_an_account_has_ten_passkeys_at_most(demo: DemoPeople, patient: PatientClient) -> None:
    confirm = []
    for _ in range(16):
        device, client, offered = Device(demo.gateway), same_person(demo, patient), patient.begin_passkey()
        confirm.append(
            lambda device=device, client=client, offered=offered: client.confirm_passkey(
                offered.attempt, device.register(offered.options), "Clé"
            )
        )
    assert outcomes_of(confirm) == {DONE: 10, AuthenticatorExists.code: 6}
    assert len(patient.passkeys()) == 10
