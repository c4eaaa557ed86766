"""Services check the caller's token on every RPC call: its signature, audience, role and session."""

from collections.abc import Callable
from time import time
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest

from chassis.tokens import ACTOR, Signer, sign_actor
from client.people import DemoPeople
from contracts.api import Method
from contracts.audit import Audit, ReadJournal
from contracts.consent.api import Consent
from contracts.consent.authorisations import ListAuthorisations
from contracts.envelope import Actor
from contracts.errors.request import RoleForbidden, TokenInvalid
from contracts.identity.api import Identity
from contracts.identity.logins import ListSessions
from contracts.identity.people import Contact, GetContact
from contracts.notify import ListNotices, Notify
from contracts.records.api import Records
from contracts.records.documents import ListDocuments
from contracts.vocabulary import PatientId, Role
from deploy.dev.stack import Stack
from tests.support.broker import call
from tests.support.people import activate_account, open_record
from tests.support.waiting import wait_until


def service_token(platform: Stack, issuer: str, subject: str = "") -> str:
    signer = Signer.from_file(platform.addresses.keys.signing(issuer))
    return sign_actor(signer, Actor(role=Role.SERVICE, subject=subject or issuer), seconds=60)


def contact_of(platform: Stack, token: str) -> Contact:
    request = GetContact(patient_id=PatientId(uuid4()))
    return call(platform.addresses.amqp_url, Identity.contact_of, request, token)


def test_a_service_allowed_by_the_wiring_is_answered(platform: Stack) -> None:
    assert contact_of(platform, service_token(platform, "notify")) == Contact()


@pytest.mark.parametrize("token", ["", "garbage", "a.b.c"])
def test_a_call_without_a_valid_token_is_refused(platform: Stack, token: str) -> None:
    with pytest.raises(TokenInvalid):
        contact_of(platform, token)


def test_a_service_not_allowed_by_the_wiring_is_refused_whatever_audience_it_signs(platform: Stack) -> None:
    with pytest.raises(TokenInvalid):
        contact_of(platform, service_token(platform, "documents"))
    signer = Signer.from_file(platform.addresses.keys.signing("documents"))
    actor = Actor(role=Role.SERVICE, subject="documents")
    with pytest.raises(RoleForbidden):
        contact_of(platform, signer.sign(actor, kind=ACTOR, to=["identity"], seconds=60, now=time()))


def test_a_service_cannot_sign_for_another_service(platform: Stack) -> None:
    with pytest.raises(TokenInvalid):
        contact_of(platform, service_token(platform, "audit", subject="notify"))


def test_a_persons_token_is_refused_by_methods_for_services(platform: Stack, demo: DemoPeople) -> None:
    with pytest.raises(RoleForbidden):
        contact_of(platform, demo.logged_in("gp").token)


def test_a_doctor_cannot_list_a_patients_authorisations(platform: Stack, demo: DemoPeople) -> None:
    token = demo.logged_in("gp").token
    request = ListAuthorisations(patient_id=PatientId(uuid4()))
    with pytest.raises(RoleForbidden):
        call(platform.addresses.amqp_url, Consent.list_authorisations, request, token)


REQUESTS: list[tuple[Method[Any, Any], Callable[[PatientId], msgspec.Struct]]] = [
    (Identity.list_sessions, lambda _: ListSessions()),
    (Records.list_documents, lambda record: ListDocuments(patient_id=record)),
    (Consent.list_authorisations, lambda record: ListAuthorisations(patient_id=record)),
    (Notify.list_notices, lambda record: ListNotices(patient_id=record)),
    (Audit.read_journal, lambda record: ReadJournal(patient_id=record)),
]


@pytest.mark.parametrize(("method", "build_request"), REQUESTS, ids=[method.route for method, _ in REQUESTS])
def test_each_service_itself_refuses_the_token_of_an_ended_session(
    platform: Stack, demo: DemoPeople, method: Method[Any, Any], build_request: Callable[[PatientId], msgspec.Struct]
) -> None:
    holder = open_record(demo)
    patient = activate_account(demo, holder)
    message = build_request(PatientId(UUID(holder.record)))
    call(platform.addresses.amqp_url, method, message, patient.token)
    patient.end_session(patient.sessions().current)

    def is_refused() -> bool:
        try:
            call(platform.addresses.amqp_url, method, message, patient.token)
        except TokenInvalid:
            return True
        return False

    wait_until(is_refused, f"{method.route} refuses the ended session")
    assert is_refused(), "it stays refused"
