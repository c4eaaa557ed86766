"""Records: opened, found, closed and destroyed; their default visibility."""

from datetime import date

from contracts.consent.authorisations import AuthorisationStatus
from contracts.identity.api import Identity
from contracts.identity.deaths import Death, DeathUndone, ReportDeath, UndoDeath
from contracts.identity.joins import IdentitiesSeparated, Join, JoinIdentities, SeparateIdentities
from contracts.identity.numbers import ChangeIns, InsNumbers
from contracts.identity.people import FindByTraits, PersonsFound
from contracts.records.api import Records
from contracts.records.lifecycle import (
    AboutRecord,
    CloseReason,
    CloseRecord,
    FindRecord,
    ListMyRecords,
    MyRecord,
    MyRecords,
    OpenRecord,
    Record,
    RecordDetails,
    RecordFound,
    SetDefaultVisibility,
)
from contracts.vocabulary import Ins, RecordStatus
from tests.integration.gateway.builders import PATIENT, RECORD
from tests.integration.gateway.route_cases.case import RouteCase
from tests.integration.gateway.route_cases.values import ACTIVE_RECORD, CREATED_AT, LATER, OTHER_ID

OPENED_RECORD = Record(patient_id=PATIENT, status=RecordStatus.ACTIVE, opened_at=CREATED_AT)
CLOSED_RECORD = RecordDetails(
    patient_id=PATIENT,
    status=RecordStatus.CLOSED,
    opened_at=CREATED_AT,
    closed_at=CREATED_AT,
    purge_on=date(2036, 3, 2),
)
FOUND_RECORD = RecordFound(record=OPENED_RECORD, authorisation=AuthorisationStatus.NONE, medecin_traitant=False)
MY_RECORD = MyRecord(patient_id=PATIENT, ins=Ins("1" * 15, "1.2"), since=CREATED_AT, medecin_traitant=True)

RECORDS_CASES = [
    RouteCase(
        "POST",
        "/dmp/records",
        {"vitale_proof": "p", "consent_collected": True},
        Records.open_record,
        OpenRecord(vitale_proof="p", consent_collected=True),
        OPENED_RECORD,
        201,
    ),
    RouteCase(
        "POST",
        "/dmp/records/search",
        {"ins": {"matricule": "1", "oid": "2"}},
        Records.find_record,
        FindRecord(ins=Ins(matricule="1", oid="2")),
        FOUND_RECORD,
        200,
    ),
    RouteCase("GET", RECORD, None, Records.get_record, AboutRecord(patient_id=PATIENT), CLOSED_RECORD, 200),
    RouteCase(
        "PUT",
        f"{RECORD}/ins",
        {"ins": {"matricule": "1", "oid": "2"}, "evidence": "Acte 1234", "sex": "F"},
        Identity.change_ins,
        ChangeIns(patient_id=PATIENT, ins=Ins(matricule="1", oid="2"), evidence="Acte 1234", sex="F"),
        InsNumbers(ins=Ins(matricule="1", oid="2")),
        200,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/join",
        {"other": str(OTHER_ID), "evidence": "Acte 1234"},
        Identity.join_identities,
        JoinIdentities(patient_id=PATIENT, other=OTHER_ID, evidence="Acte 1234"),
        Join(patient_id=PATIENT, other=OTHER_ID, since=LATER),
        200,
    ),
    RouteCase(
        "POST",
        f"{RECORD}/join/undoing",
        {"other": str(OTHER_ID), "evidence": "Acte 1234"},
        Identity.separate_identities,
        SeparateIdentities(patient_id=PATIENT, other=OTHER_ID, evidence="Acte 1234"),
        IdentitiesSeparated(patient_id=PATIENT, other=OTHER_ID, not_restored=("sessions",)),
        200,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/death",
        {"died_on": "2026-11-02", "certificate": "Acte 1234"},
        Identity.report_death,
        ReportDeath(patient_id=PATIENT, died_on=date(2026, 11, 2), certificate="Acte 1234"),
        Death(patient_id=PATIENT, died_on=date(2026, 11, 2), reported_at=LATER),
        200,
    ),
    RouteCase(
        "POST",
        f"{RECORD}/death/undoing",
        {"evidence": "Acte 1234"},
        Identity.undo_death,
        UndoDeath(patient_id=PATIENT, evidence="Acte 1234"),
        DeathUndone(patient_id=PATIENT, not_restored=("sessions",)),
        200,
    ),
    RouteCase(
        "POST",
        f"{RECORD}/closing",
        {"reason": "deces"},
        Records.close_record,
        CloseRecord(patient_id=PATIENT, reason=CloseReason.DECES),
        CLOSED_RECORD,
        200,
    ),
    RouteCase(
        "POST", f"{RECORD}/closing", {}, Records.close_record, CloseRecord(patient_id=PATIENT), CLOSED_RECORD, 200
    ),
    RouteCase(
        "POST",
        f"{RECORD}/reopening",
        None,
        Records.reopen_record,
        AboutRecord(patient_id=PATIENT),
        ACTIVE_RECORD,
        200,
    ),
    RouteCase(
        "POST",
        f"{RECORD}/destruction",
        None,
        Records.request_destruction,
        AboutRecord(patient_id=PATIENT),
        CLOSED_RECORD,
        202,
    ),
    RouteCase(
        "PUT",
        f"{RECORD}/default-visibility",
        {"masque_ps": True},
        Records.set_default_visibility,
        SetDefaultVisibility(patient_id=PATIENT, masque_ps=True),
        ACTIVE_RECORD,
        200,
    ),
    RouteCase(
        "GET",
        "/dmp/records?count=5&cursor=abc",
        None,
        Records.list_my_records,
        ListMyRecords(count=5, cursor="abc"),
        MyRecords(records=(MY_RECORD,)),
        200,
    ),
    RouteCase(
        "POST",
        "/dmp/patients/search",
        {"family_name": "MARTIN", "birth_date": "1985-07-14"},
        Identity.find_by_traits,
        FindByTraits(family_name="MARTIN", birth_date=date(1985, 7, 14)),
        PersonsFound(persons=()),
        200,
    ),
]
