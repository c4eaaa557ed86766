"""A message on the broker is not enough: services believe signed words, from those the wiring lets call them."""

from collections.abc import Callable
from time import time
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
import uvloop

from chassis.bus import Bus
from chassis.tokens import ACTOR, Signer, sign_actor
from cli.demo.people import DemoPeople
from contracts.api import Method
from contracts.audit import Audit, ReadJournal
from contracts.consent import Consent, ListAuthorisations
from contracts.envelope import Actor
from contracts.errors import Refusal, RoleForbidden, TokenInvalid
from contracts.identity import Contact, ContactOf, Identity, ListSessions
from contracts.notify import ListNotices, Notify
from contracts.records import ListDocuments, Records
from contracts.vocabulary import PatientId, Role
from deploy.dev.stack import Stack
from tests.support.people import activate, open_record
from tests.support.waiting import wait_until


def word_of(platform: Stack, issuer: str, speaks_for: str = "") -> str:
    signer = Signer.from_file(platform.addresses.keys.signing(issuer))
    return sign_actor(signer, Actor(role=Role.SERVICE, subject=speaks_for or issuer), seconds=60)


def contact_of(platform: Stack, token: str) -> Contact:
    async def ask() -> Contact:
        bus = await Bus.connect(platform.addresses.amqp_url)
        try:
            return await bus.call(Identity.contact_of, ContactOf(patient_id=PatientId(uuid4())), token=token)
        finally:
            await bus.close()

    return uvloop.run(ask())


def test_a_service_that_the_wiring_lets_call_is_answered(platform: Stack) -> None:
    assert contact_of(platform, word_of(platform, "notify")) == Contact()


@pytest.mark.parametrize("token", ["", "garbage", "a.b.c"])
def test_no_token_is_no_answer(platform: Stack, token: str) -> None:
    with pytest.raises(TokenInvalid):
        contact_of(platform, token)


def test_a_service_the_wiring_does_not_let_call_is_refused_whomever_it_says_its_word_is_for(platform: Stack) -> None:
    with pytest.raises(TokenInvalid):
        contact_of(platform, word_of(platform, "audit"))
    signer = Signer.from_file(platform.addresses.keys.signing("audit"))
    actor = Actor(role=Role.SERVICE, subject="audit")
    with pytest.raises(RoleForbidden):
        contact_of(platform, signer.sign(actor, kind=ACTOR, to=["identity"], seconds=60, now=time()))


def test_nobody_speaks_in_another_services_name(platform: Stack) -> None:
    with pytest.raises(TokenInvalid):
        contact_of(platform, word_of(platform, "audit", speaks_for="notify"))


def test_a_persons_token_does_not_open_what_is_for_services(platform: Stack, demo: DemoPeople) -> None:
    with pytest.raises(RoleForbidden):
        contact_of(platform, demo.logged_in("gp").token)


def test_a_doctor_does_not_read_a_patients_circle(platform: Stack, demo: DemoPeople) -> None:
    token = demo.logged_in("gp").token

    async def ask() -> None:
        bus = await Bus.connect(platform.addresses.amqp_url)
        try:
            await bus.call(
                Consent.list_authorisations, ListAuthorisations(patient_id=PatientId(uuid4())), token=token
            )
        finally:
            await bus.close()

    with pytest.raises(Refusal) as refused:
        uvloop.run(ask())
    assert isinstance(refused.value, RoleForbidden)


ASKED: list[tuple[Method[Any, Any], Callable[[PatientId], msgspec.Struct]]] = [
    (Identity.list_sessions, lambda _: ListSessions()),
    (Records.list_documents, lambda record: ListDocuments(patient_id=record)),
    (Consent.list_authorisations, lambda record: ListAuthorisations(patient_id=record)),
    (Notify.list_notices, lambda record: ListNotices(patient_id=record)),
    (Audit.read_journal, lambda record: ReadJournal(patient_id=record)),
]


@pytest.mark.parametrize(("method", "question"), ASKED, ids=[method.route for method, _ in ASKED])
def test_a_token_of_an_ended_session_is_refused_by_each_service_itself(
    platform: Stack, demo: DemoPeople, method: Method[Any, Any], question: Callable[[PatientId], msgspec.Struct]
) -> None:
    holder = open_record(demo)
    patient = activate(demo, holder)
    message = question(PatientId(UUID(holder.record)))
    asked_on_the_broker(platform, method, message, patient.token)
    patient.end_session(patient.sessions()["current"])

    def is_refused() -> bool:
        try:
            asked_on_the_broker(platform, method, message, patient.token)
        except TokenInvalid:
            return True
        return False

    wait_until(is_refused, f"{method.route} refuses an ended session")
    assert is_refused(), "and goes on refusing it"


def asked_on_the_broker(platform: Stack, method: Method[Any, Any], message: msgspec.Struct, token: str) -> None:
    """Ask past the gateway."""

    async def ask() -> None:
        bus = await Bus.connect(platform.addresses.amqp_url)
        try:
            await bus.call(method, message, token=token)
        finally:
            await bus.close()

    uvloop.run(ask())
