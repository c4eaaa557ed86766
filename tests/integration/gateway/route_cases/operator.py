"""Routes of the operator."""

from datetime import date

import msgspec

from contracts.audit import (
    ActAttested,
    AttestAct,
    Audit,
    EraseIdentity,
    IdentityErased,
    JournalSearchPage,
    SearchJournal,
)
from contracts.consent.api import Consent
from contracts.consent.matrices import ListMatrices, LoadMatrix, Matrices, MatrixDiff, WithdrawMatrix
from contracts.identity.api import Identity
from contracts.identity.apps import (
    Client,
    Clients,
    ListClients,
    ListSoftware,
    RegisterClient,
    SetQuota,
    Software,
    SoftwareList,
    SuspendClient,
    SuspendSoftware,
)
from contracts.identity.logins import AccountLock, EndUserSessions, LockAccount, SessionsEnded
from contracts.identity.suspensions import ProfessionalAccess, SuspendProfessional, SuspensionCause
from contracts.records.api import Records
from contracts.records.filing import FilingDiff, FilingShown, LoadFiling, ShowFiling
from contracts.records.lifecycle import AboutRecord
from contracts.vocabulary import Act, Role, SoftwareProfile
from tests.integration.gateway.builders import PATIENT
from tests.integration.gateway.route_cases.case import RouteCase
from tests.integration.gateway.route_cases.values import ACTIVE_RECORD, LATER, RPPS

CLIENT_FIELDS = {"client_id": "app-1", "name": "SmartApp", "publisher": "P", "purpose": "Q", "kind": "public"}
CLIENT = msgspec.convert(CLIENT_FIELDS, Client)
SOFTWARE = Software(number="LPS-1", name="Logiciel", profile=SoftwareProfile.GESTION)
MATRIX_DIFF = MatrixDiff(
    version="v2",
    effective=date(2027, 1, 15),
    against="v1",
    professions_added=(),
    professions_removed=(),
    cells=(),
    unconfirmed=0,
    loaded=False,
)

OPERATOR_CASES = [
    RouteCase(
        "PUT",
        f"/operator/records/{PATIENT}/suspension",
        None,
        Records.suspend_record,
        AboutRecord(patient_id=PATIENT),
        ACTIVE_RECORD,
        200,
    ),
    RouteCase(
        "DELETE",
        f"/operator/records/{PATIENT}/suspension",
        None,
        Records.resume_record,
        AboutRecord(patient_id=PATIENT),
        ACTIVE_RECORD,
        200,
    ),
    RouteCase(
        "POST",
        "/operator/journal/search",
        {"actor": RPPS, "since": "2027-06-29T22:00:00Z"},
        Audit.search_journal,
        SearchJournal(actor=RPPS, since=LATER),
        JournalSearchPage(lines=()),
        200,
    ),
    RouteCase(
        "POST",
        "/operator/journal/erasures",
        {"patient_id": str(PATIENT)},
        Audit.erase_identity,
        EraseIdentity(patient_id=PATIENT),
        IdentityErased(strands=2),
        200,
    ),
    RouteCase(
        "POST",
        "/operator/acts",
        {"act": "suppression_message", "subject": "0f3b9c2d11"},
        Audit.attest_act,
        AttestAct(act=Act.SUPPRESSION_MESSAGE, subject="0f3b9c2d11"),
        ActAttested(),
        200,
    ),
    RouteCase("GET", "/operator/matrices", None, Consent.list_matrices, ListMatrices(), Matrices(versions=()), 200),
    RouteCase(
        "POST", "/operator/matrices", {"text": "{}"}, Consent.load_matrix, LoadMatrix(text="{}"), MATRIX_DIFF, 200
    ),
    RouteCase(
        "POST",
        "/operator/matrices/withdrawals",
        {"version": "v2"},
        Consent.withdraw_matrix,
        WithdrawMatrix(version="v2"),
        MATRIX_DIFF,
        200,
    ),
    RouteCase(
        "GET",
        "/operator/filing",
        None,
        Records.show_filing,
        ShowFiling(),
        FilingShown(version="integre", text="{}", loaded_at=None, to_refile=0),
        200,
    ),
    RouteCase(
        "POST",
        "/operator/filing",
        {"text": "{}"},
        Records.load_filing,
        LoadFiling(text="{}"),
        FilingDiff(version="v", against="integre", moves=()),
        200,
    ),
    RouteCase(
        "POST",
        "/operator/sessions/ending",
        {"role": "professional", "subject": RPPS},
        Identity.end_sessions_of,
        EndUserSessions(role=Role.PROFESSIONAL, subject=RPPS),
        SessionsEnded(count=2),
        200,
    ),
    RouteCase(
        "PUT",
        f"/operator/records/{PATIENT}/account/lock",
        {"locked": True},
        Identity.lock_account,
        LockAccount(patient_id=PATIENT, locked=True),
        AccountLock(patient_id=PATIENT),
        200,
    ),
    RouteCase("GET", "/operator/apps", None, Identity.list_clients, ListClients(), Clients(clients=(CLIENT,)), 200),
    RouteCase(
        "POST",
        "/operator/apps",
        CLIENT_FIELDS,
        Identity.register_client,
        msgspec.convert(CLIENT_FIELDS, RegisterClient),
        CLIENT,
        200,
    ),
    RouteCase(
        "PUT",
        "/operator/apps/app-1/suspension",
        {"suspended": True},
        Identity.suspend_client,
        SuspendClient(client_id="app-1", suspended=True),
        CLIENT,
        200,
    ),
    RouteCase(
        "GET",
        "/operator/software",
        None,
        Identity.list_software,
        ListSoftware(),
        SoftwareList(software=(SOFTWARE,)),
        200,
    ),
    RouteCase(
        "PUT",
        "/operator/software/LPS-1/suspension",
        {"suspended": True},
        Identity.suspend_software,
        SuspendSoftware(number="LPS-1", suspended=True),
        SOFTWARE,
        200,
    ),
    RouteCase(
        "PUT",
        f"/operator/professionals/{RPPS}/suspensions/carte_perdue",
        {"suspended": True},
        Identity.suspend_professional,
        SuspendProfessional(rpps=RPPS, cause=SuspensionCause.CARTE_PERDUE, suspended=True),
        ProfessionalAccess(rpps=RPPS, suspensions=()),
        200,
    ),
    RouteCase(
        "PUT",
        "/operator/software/LPS-1/quota",
        {"quota": 600},
        Identity.set_quota,
        SetQuota(number="LPS-1", quota=600),
        SOFTWARE,
        200,
    ),
]
