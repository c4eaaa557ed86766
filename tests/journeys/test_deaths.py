"""A death, reported by two agents, ends every access to the record and the person's to others'; two undo it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pytest
import requests

from client.errors import ApiError
from client.oauth import SmartApp
from client.operator import OperatorClient
from client.patient import PatientClient
from client.people import DemoPeople
from client.professional import ProfessionalClient
from contracts.identity.deaths import Death
from contracts.vocabulary import Capacity
from deploy.dev.stack import Stack
from tests.support.apps import authorization_code, register_app, tokens_in
from tests.support.journal_and_notices import expect_notices, is_gapless, wait_for_line, whole_journal
from tests.support.people import Holder, activate_account, authorised_doctor, deposit_new, new_minor, open_record
from tests.support.refusals import expect_refusal, refusal_of
from tests.support.staff import COLLEAGUE, STRANGER, agent_client, appoint_representative
from tests.support.waiting import wait_until

DEATH = {"died_on": "2026-11-02", "certificate": "Acte 1234/2026, mairie de Nantes"}
ALIVE = "Carte d'identité 880692310285, vue au guichet"
AWAITED = (409, "agent.second_signature")


@dataclass
class Household:
    """A holder, with all whom they gave access to their record."""

    demo: DemoPeople
    holder: Holder
    patient: PatientClient
    carer: PatientClient
    carer_record: str
    doctor: ProfessionalClient
    app: SmartApp
    tokens: dict[str, str]
    open_code: str

    def app_status(self) -> int:
        path = f"DocumentReference?patient={self.holder.record}&status=current"
        return self.app.read(path, self.tokens["access_token"]).status_code

    def refreshed(self) -> requests.Response:
        return self.app.refresh(self.tokens["refresh_token"])


@pytest.fixture
def household(demo: DemoPeople, operator_client: OperatorClient) -> Household:
    holder = open_record(demo)
    patient, doctor = activate_account(demo, holder), authorised_doctor(demo, holder)
    caring = open_record(demo)
    carer = activate_account(demo, caring)
    carer.answer_invitation(invite(patient, holder), accepted=True)
    app = SmartApp(demo.gateway, register_app(operator_client).client_id)
    tokens = tokens_in(app.redeem(authorization_code(demo, holder, app)))
    deposit_new(demo, holder)
    expect_notices(patient, holder.record, "AJOUT_DOCUMENT")
    return Household(demo, holder, patient, carer, caring.record, doctor, app, tokens, invite(patient, holder))


def invite(patient: PatientClient, holder: Holder) -> str:
    return str(patient.invite_carer(holder.record, ("synthese",), "Mon fils Paul", "Maman").code)


def report(platform: Stack, record: str) -> Death:
    """Two agents report the death."""
    assert refusal_of(lambda: agent_client(platform).report_death(record, **DEATH))[:2] == AWAITED
    return agent_client(platform, COLLEAGUE).report_death(record, **DEATH)


def undo(platform: Stack, record: str) -> tuple[str, ...]:
    """Two agents undo the report; what is not as before."""
    assert refusal_of(lambda: agent_client(platform).undo_death(record, ALIVE))[:2] == AWAITED
    return agent_client(platform, COLLEAGUE).undo_death(record, ALIVE).not_restored


def wait_for_refusal(attempt: Callable[[], object], status: int, code: str) -> None:
    """Wait until an attempt is refused so."""

    def is_refused() -> bool:
        try:
            attempt()
        except ApiError as refused:
            return (refused.status, refused.code) == (status, code)
        return False

    wait_until(is_refused, code)


def close_reason(platform: Stack, holder: Holder) -> str:
    found = agent_client(platform).find_record(holder.patient.ins.matricule, holder.patient.ins.oid)
    return found.close_reason or found.record.status


def test_one_agent_alone_reports_no_death(platform: Stack, household: Household) -> None:
    record, agent = household.holder.record, agent_client(platform)
    assert refusal_of(lambda: agent.report_death(record, **DEATH))[:2] == AWAITED
    expect_refusal("representation.second_agent", 403, partial(agent.report_death, record, **DEATH))
    stranger = agent_client(platform, STRANGER)
    assert refusal_of(lambda: stranger.report_death(record, **DEATH))[:2] == AWAITED, "another organisation"
    colleague = agent_client(platform, COLLEAGUE)
    other = {**DEATH, "certificate": "Acte 4321/2026"}
    assert refusal_of(lambda: colleague.report_death(record, **other))[:2] == AWAITED, "another certificate"
    for field, wrong in (("died_on", "1901-01-01"), ("died_on", "2999-01-01"), ("certificate", "  -  ")):
        expect_refusal("request.invalid", 400, partial(agent.report_death, record, **{**DEATH, field: wrong}))
    expect_refusal("patient.death_not_reported", 404, lambda: agent.undo_death(record, ALIVE))
    household.patient.list_documents(record)


def test_a_death_ends_every_access_and_its_undoing_gives_all_of_it_back(
    platform: Stack, demo: DemoPeople, household: Household
) -> None:
    holder, record = household.holder, household.holder.record
    seen = demo.mailbox.newest(holder.login.email)
    report(platform, record)
    wait_until(lambda: close_reason(platform, holder) == "deces", "the record is closed")
    wait_for_refusal(lambda: household.patient.list_documents(record), 401, "token.invalid")
    wait_for_refusal(lambda: household.carer.list_documents(record), 404, "record.not_found")
    wait_until(lambda: household.app_status() == 404, "the app is refused")
    assert household.refreshed().status_code == 400
    expect_refusal("record.not_active", 403, lambda: household.doctor.list_documents(record))
    assert household.carer.profiles() == ()
    other = activate_account(demo, open_record(demo))
    expect_refusal("carer.invitation_gone", 404, lambda: other.answer_invitation(household.open_code, accepted=True))
    assert demo.mailbox.newest(holder.login.email) == seen, "nobody writes to the dead"
    expect_refusal("account.locked", 403, lambda: demo.logged_in_patient(holder.login))
    pharmacist, agent = demo.logged_in("pharmacist"), agent_client(platform)
    expect_refusal("patient.deceased", 403, lambda: pharmacist.open_record(demo.vitale_proof(holder.card)))
    expect_refusal("patient.deceased", 403, lambda: agent.reopen_record(record))
    expect_refusal("patient.death_reported", 409, lambda: agent.report_death(record, **DEATH))

    assert undo(platform, record) == ("sessions", "codes", "representatives_default_visibility")
    wait_until(lambda: close_reason(platform, holder) == "active", "the record is open")
    wait_until(lambda: len(household.carer.profiles()) == 1, "the carer cares again")
    household.carer.list_documents(record)
    household.doctor.list_documents(record)
    household.tokens |= tokens_in(household.refreshed())
    assert household.app_status() == 200
    patient = demo.logged_in_patient(holder.login)
    expect_notices(patient, record, "DECES_ANNULE")
    wait_until(lambda: any("corrig" in subject for subject in subjects_to(demo, holder)), "the holder is told")
    for act in ("deces", "fermeture_dossier", "annulation_deces", "reouverture_dossier"):
        assert wait_for_line(patient, record, act, outcome="allowed").act == act
    assert is_gapless(whole_journal(patient, record))


def test_a_carer_who_dies_leaves_their_place_to_another(
    platform: Stack, demo: DemoPeople, household: Household
) -> None:
    record, patient = household.holder.record, household.patient
    invite(patient, household.holder)
    expect_refusal("carer.full", 409, lambda: invite(patient, household.holder))
    report(platform, household.carer_record)
    wait_until(lambda: patient.carers(record).carers == (), "the carer is gone")
    assert invite(patient, household.holder)


def subjects_to(demo: DemoPeople, holder: Holder) -> list[str]:
    return [message.subject for message in demo.mailbox.messages(holder.login.email)]


def test_who_dies_represents_nobody_until_the_report_is_undone(platform: Stack, demo: DemoPeople) -> None:
    child, parent, other = open_record(demo, new_minor()), open_record(demo), open_record(demo)
    account, co_parent = activate_account(demo, parent), activate_account(demo, other)
    for person in (parent, other):
        appoint_representative(platform, demo, child, person.card)
    assert [profile.capacity for profile in account.profiles()] == [Capacity.REPRESENTANT_LEGAL]
    report(platform, parent.record)
    expect_notices(co_parent, child.record, "FIN_REPRESENTATION")
    assert wait_for_line(co_parent, child.record, "fin_representation").reason == "deces"
    undo(platform, parent.record)
    wait_for_line(co_parent, child.record, "nommer_representant", reason="deces")
    assert [profile.capacity for profile in demo.logged_in_patient(parent.login).profiles()] == [
        Capacity.REPRESENTANT_LEGAL
    ]
