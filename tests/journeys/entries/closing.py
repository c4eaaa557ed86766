"""Steps: a record is closed, reopened, suspended and destroyed; an account is locked, a name erased."""

from datetime import date
from functools import partial

import msgspec

from contracts.audit import Audit, EraseIdentity
from contracts.consent.api import Consent
from contracts.consent.heirs import AboutHeir, HeirPurpose, HeirQuality, OpenToHeir, SetHeirOpposition
from contracts.identity.api import Identity
from contracts.identity.deaths import GetDeath, ReportDeath, UndoDeath
from contracts.identity.joins import GetJoin, IdentitiesSeparated, JoinIdentities, SeparateIdentities
from contracts.identity.logins import LockAccount
from contracts.identity.numbers import ChangeIns, GetIns
from contracts.records.api import Records
from contracts.records.lifecycle import AboutRecord, CloseRecord
from contracts.vocabulary import OID_DEMO, PLATFORM, Act, Ins, PatientId, Section
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import allowed, by_two, by_two_agents, refused
from tests.support.clock import run_sql
from tests.support.waiting import wait_until


def about(run: ScenarioRun) -> AboutRecord:
    return AboutRecord(patient_id=run.id("holder"))


def closes(run: ScenarioRun) -> CloseRecord:
    return CloseRecord(patient_id=run.id("holder"))


def dies(run: ScenarioRun) -> ReportDeath:
    return ReportDeath(patient_id=run.id("namesake"), died_on=date(2026, 11, 2), certificate="Acte 1234/2026")


def lives(run: ScenarioRun) -> UndoDeath:
    return UndoDeath(patient_id=run.id("namesake"), evidence="Carte d'identité 880692310285")


def admits(run: ScenarioRun) -> OpenToHeir:
    return OpenToHeir(
        patient_id=run.id("namesake"),
        heir=run.id("holder"),
        quality=HeirQuality.AYANT_DROIT,
        purpose=HeirPurpose.DROITS,
        sections=(Section.SYNTHESE,),
        evidence="Acte de notoriété 77/2026",
    )


def wait_for_death(run: ScenarioRun) -> None:
    query = "SELECT 1 FROM facts WHERE kind = 'deces' AND patient_id = %(patient)s"
    wait_until(lambda: bool(run_sql(run.platform, "consent", query, patient=str(run.id("namesake")))), "a death")


def opposes(run: ScenarioRun) -> SetHeirOpposition:
    return SetHeirOpposition(patient_id=run.id("holder"), opposed=True)


def joins(run: ScenarioRun) -> JoinIdentities:
    return JoinIdentities(patient_id=run.id("holder"), other=run.id("namesake"), evidence="Réponse INSi n° 4411")


def separates(run: ScenarioRun) -> SeparateIdentities:
    return SeparateIdentities(patient_id=run.id("holder"), other=run.id("namesake"), evidence="Deux cartes")


def has_no_joins(run: ScenarioRun, service: str) -> bool:
    return not run_sql(run.platform, service, f"SELECT 1 FROM joins WHERE patient_id = '{run.id('holder')}'")


def wait_for_separation(run: ScenarioRun, _: IdentitiesSeparated) -> None:
    for service in ("consent", "records"):
        wait_until(partial(has_no_joins, run, service), "nobody has two identities")


BOTH = ("holder", "namesake")

JOINS = (
    refused("patient.not_joined", Identity.separate_identities, "agent", separates),
    refused("agent.second_signature", Identity.join_identities, "colleague", joins, keep="first"),
    allowed(Identity.join_identities, "agent", joins, items=2, journal_of=BOTH),
    refused("patient.joined", Identity.join_identities, "agent", joins),
    allowed(Identity.join_of, "consent", lambda run: GetJoin(patient_id=run.id("namesake"))),
    refused("agent.second_signature", Identity.separate_identities, "colleague", separates, keep="first"),
    allowed(*(Identity.separate_identities, "agent", separates), items=2, journal_of=BOTH, then=wait_for_separation),
)

HEIRS = (
    allowed(Consent.set_heir_opposition, "holder", opposes, secret=True),
    refused("record.not_found", Consent.set_heir_opposition, "stranger", opposes),
    *by_two_agents(allowed(Consent.open_to_heir, "agent", admits, before=wait_for_death)),
    refused(
        "patient.death_not_reported",
        Consent.open_to_heir,
        "agent",
        lambda run: msgspec.structs.replace(admits(run), patient_id=run.id("carer")),
    ),
    allowed(
        Consent.end_heir_access,
        "agent",
        lambda run: AboutHeir(patient_id=run.id("namesake"), heir=run.id("holder")),
    ),
)

DEATHS = (
    *JOINS,
    refused("patient.death_not_reported", Identity.undo_death, "agent", lives),
    *by_two_agents(allowed(Identity.report_death, "agent", dies)),
    refused("patient.death_reported", Identity.report_death, "agent", dies),
    allowed(Identity.death_of, "consent", lambda run: GetDeath(patient_id=run.id("namesake"))),
    *HEIRS,
    *by_two_agents(allowed(Identity.undo_death, "agent", lives)),
)


def renumbers(run: ScenarioRun) -> ChangeIns:
    """The same matricule of another list, which is another INS."""
    number = run.callers.people["namesake"].patient.ins.matricule
    return ChangeIns(patient_id=run.id("namesake"), ins=Ins(number, OID_DEMO), evidence="Réponse INSi n° 4411")


def takes_anothers(run: ScenarioRun) -> ChangeIns:
    return msgspec.structs.replace(renumbers(run), ins=run.callers.people["holder"].patient.ins)


NUMBERS = (
    *by_two_agents(allowed(Identity.change_ins, "agent", renumbers)),
    refused("ins.taken", Identity.change_ins, "agent", takes_anothers),
    allowed(Identity.ins_of, "records", lambda run: GetIns(patient_id=run.id("namesake"))),
)

STEPS = (
    *NUMBERS,
    *DEATHS,
    refused("record.transition", Records.resume_record, "operator", about, acts=(Act.REPRISE_DOSSIER,)),
    *by_two(allowed(Records.suspend_record, "operator", about)),
    refused("record.transition", Records.request_destruction, "holder", about),
    refused("record.transition", Records.suspend_record, "operator", about),
    *by_two(allowed(Records.resume_record, "operator", about, acts=(Act.REPRISE_DOSSIER,))),
    refused("record.transition", Records.reopen_record, "agent", about),
    refused(
        "record.not_found", Records.close_record, "stranger", lambda run: CloseRecord(patient_id=run.id("holder"))
    ),
    allowed(Records.close_record, "holder", lambda run: CloseRecord(patient_id=run.id("holder"))),
    allowed(Records.reopen_record, "agent", about),
    allowed(Records.request_destruction, "holder", about),
    *by_two(
        allowed(
            Identity.lock_account,
            "operator",
            lambda run: LockAccount(patient_id=run.id("holder"), locked=True),
        )
    ),
    refused(
        "record.not_found",
        Identity.lock_account,
        "operator",
        lambda run: LockAccount(patient_id=PatientId(run.unknown_id()), locked=True),
    ),
    refused(
        "record.not_destroyed",
        Audit.erase_identity,
        "operator",
        lambda run: EraseIdentity(patient_id=run.id("holder")),
    ),
    *by_two(
        allowed(
            Audit.erase_identity,
            "operator",
            lambda run: EraseIdentity(patient_id=run.id("carer")),
        )
    ),
    refused("request.invalid", Audit.erase_identity, "operator", lambda _: EraseIdentity(patient_id=PLATFORM)),
)
