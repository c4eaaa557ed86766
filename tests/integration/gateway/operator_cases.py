"""What the operator asks: plans, sessions, apps and software."""

import msgspec

from contracts.identity import (
    AccountLock,
    Client,
    Clients,
    EndSessionsOf,
    Identity,
    ListClients,
    ListSoftware,
    LockAccount,
    RegisterClient,
    SessionsEnded,
    SetQuota,
    Software,
    SoftwareList,
    SuspendClient,
    SuspendSoftware,
)
from contracts.records import FilingDiff, FilingShown, LoadFiling, Records, ShowFiling
from contracts.vocabulary import Role, Rpps, SoftwareProfile
from tests.integration.gateway.builders import PATIENT
from tests.integration.gateway.route_case import RouteCase

RPPS = Rpps("10100000001")
TERMS = {"client_id": "app-1", "name": "SmartApp", "publisher": "P", "purpose": "Q", "kind": "public"}
CLIENT = msgspec.convert(TERMS, Client)
SOFTWARE = Software(number="LPS-1", name="Logiciel", profile=SoftwareProfile.GESTION)

OPERATOR_CASES = [
    RouteCase("GET", "/operator/filing", None, Records.show_filing, ShowFiling(),
        FilingShown(version="integre", text="{}", loaded_at=None, to_refile=0), 200),
    RouteCase("POST", "/operator/filing", {"text": "{}"}, Records.load_filing, LoadFiling(text="{}"),
        FilingDiff(version="v", against="integre", moves=()), 200),
    RouteCase("POST", "/operator/sessions/ending", {"role": "professional", "subject": RPPS},
        Identity.end_sessions_of,
        EndSessionsOf(role=Role.PROFESSIONAL, subject=RPPS), SessionsEnded(count=2), 200),
    RouteCase("PUT", f"/operator/records/{PATIENT}/account/lock", {"locked": True}, Identity.lock_account,
        LockAccount(patient_id=PATIENT, locked=True), AccountLock(patient_id=PATIENT), 200),
    RouteCase("GET", "/operator/apps", None, Identity.list_clients, ListClients(), Clients(clients=(CLIENT,)), 200),
    RouteCase("POST", "/operator/apps", TERMS, Identity.register_client, msgspec.convert(TERMS, RegisterClient),
        CLIENT, 200),
    RouteCase("PUT", "/operator/apps/app-1/suspension", {"suspended": True}, Identity.suspend_client,
        SuspendClient(client_id="app-1", suspended=True), CLIENT, 200),
    RouteCase("GET", "/operator/software", None, Identity.list_software, ListSoftware(),
        SoftwareList(software=(SOFTWARE,)), 200),
    RouteCase("PUT", "/operator/software/LPS-1/suspension", {"suspended": True}, Identity.suspend_software,
        SuspendSoftware(number="LPS-1", suspended=True), SOFTWARE, 200),
    RouteCase("PUT", "/operator/software/LPS-1/quota", {"quota": 600}, Identity.set_quota,
        SetQuota(number="LPS-1", quota=600), SOFTWARE, 200),
]  # fmt: skip
