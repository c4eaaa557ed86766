"""Every route of the gateway: what readers ask of it, which act uses it, or why it is left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from litestar.routes import HTTPRoute

from contracts.vocabulary import Role
from gateway.guards import ROLES
from gateway.routing import ROUTES

_PARAMETER_TYPE = re.compile(r":\w+}")

GATEWAY_ROUTES: dict[str, object] = {
    f"{method} {_PARAMETER_TYPE.sub('}', route.path)}": handler.opt[ROLES]
    for router in ROUTES
    for route in router.routes
    if isinstance(route, HTTPRoute)
    for handler in route.route_handlers
    for method in handler.http_methods - {"OPTIONS"}
}
"""`METHOD /path` -> the roles that it admits, or PUBLIC."""

RECORD = "/dmp/records/{patient_id}"
DOCUMENT = f"{RECORD}/documents/{{document_id}}"
_OF_RECORD = {"patient": "{patient_id}"}
_WHOLE = {"superseded": "true", "archived": "true"}
_JSON_PATCH = {"content-type": "application/json-patch+json"}


@dataclass(frozen=True)
class Ask:
    """A request of a reader; values in braces are filled in.

    It is sent once for each document of the pair if it names one, for each folder, for each Consent found.
    `only_hidden`: for hidden documents only, since it would change the others. `only_ended`: for shown ones that an
    act has ended, in one world perhaps.
    """

    route: str
    query: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    only_hidden: bool = False
    only_ended: bool = False

    @property
    def method(self) -> str:
        return self.route.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.route.partition(" ")[2]

    @property
    def text(self) -> str:
        """Everything that is filled in."""
        return f"{self.path} {self.query} {self.form} {self.json}"

    def is_for(self, role: Role) -> bool:
        """Whether the route admits the role."""
        roles = GATEWAY_ROUTES[self.route]
        return isinstance(roles, frozenset) and role in roles


_DOCUMENTS = (
    Ask(f"GET {RECORD}/documents"),
    Ask(f"GET {RECORD}/documents", {"count": "2", **_WHOLE}),
    Ask(f"GET {RECORD}/documents", {"secret": "true", **_WHOLE}),
    Ask(f"GET {RECORD}/documents", {"pinned": "true", **_WHOLE}),
    Ask(f"GET {RECORD}/documents", {"folder": "{folder_id}", **_WHOLE}),
    Ask(f"GET {RECORD}/documents", {"section": "imagerie"}),
    Ask(f"GET {RECORD}/documents", {"section": "comptes_rendus", **_WHOLE}),
    Ask(f"GET {RECORD}/folders"),
    Ask(f"GET {RECORD}/facts"),
    Ask(f"GET {RECORD}/facts", {"secret": "true"}),
    Ask(f"GET {RECORD}/trends"),
    Ask(f"GET {RECORD}/trends/page"),
    Ask(f"GET {DOCUMENT}"),
    Ask(f"GET {DOCUMENT}", {"secret": "true"}),
    Ask(f"HEAD {DOCUMENT}/content"),
    Ask(f"GET {DOCUMENT}/content"),
    Ask(f"GET {DOCUMENT}/page"),
    Ask(f"GET {DOCUMENT}/facts"),
)

_FHIR_DOCUMENTS = (
    Ask("GET /fhir/DocumentReference", {**_OF_RECORD, "status": "current", "_total": "accurate"}),
    Ask("GET /fhir/DocumentReference", {**_OF_RECORD, "status": "current,superseded", "_count": "2"}),
    Ask("GET /fhir/DocumentReference", {**_OF_RECORD, "status": "superseded", "_total": "accurate"}),
    Ask("GET /fhir/DocumentReference", {**_OF_RECORD, "status": "current", "isArchived": "true"}),
    Ask("GET /fhir/DocumentReference", {**_OF_RECORD, "status": "current", "_summary": "count"}),
    Ask("GET /fhir/DocumentReference", {**_OF_RECORD, "status": "current,superseded", "_sort": "date"}),
    Ask(
        "GET /fhir/DocumentReference",
        {
            **_OF_RECORD,
            "status": "current,superseded",
            "security-label": "MASQUE_PS,INVISIBLE_PATIENT,INVISIBLE_REPRESENTANTS_LEGAUX",
        },
    ),
    Ask("GET /fhir/DocumentReference", {**_OF_RECORD, "status": "current,superseded", "identifier": "{unique_id}"}),
    Ask("GET /fhir/DocumentReference", {**_OF_RECORD, "status": "current,superseded", "related": "{unique_id}"}),
    Ask("HEAD /fhir/DocumentReference", {**_OF_RECORD, "status": "current", "_total": "accurate"}),
    Ask(
        "POST /fhir/DocumentReference/_search",
        form={**_OF_RECORD, "status": "current,superseded", "identifier": "{entry_uuid}"},
    ),
    Ask("GET /fhir/DocumentReference/{resource_id}"),
    Ask("HEAD /fhir/DocumentReference/{resource_id}"),
    Ask("GET /fhir/Binary/{resource_id}"),
    Ask("HEAD /fhir/Binary/{resource_id}"),
    Ask("GET /fhir/List", {**_OF_RECORD, "status": "current", "_include": "List:item", "_total": "accurate"}),
    Ask("GET /fhir/List", {**_OF_RECORD, "status": "current", "_count": "2"}),
    Ask("HEAD /fhir/List", {**_OF_RECORD, "status": "current", "_total": "accurate"}),
    Ask("POST /fhir/List/_search", form={**_OF_RECORD, "status": "current", "_summary": "count"}),
    Ask("GET /fhir/List/{resource_id}"),
    Ask("HEAD /fhir/List/{resource_id}"),
)

_RECORD = (
    Ask(f"GET {RECORD}"),
    Ask(f"GET {RECORD}/apps"),
    Ask(f"GET {RECORD}/authorisations"),
    Ask(f"GET {RECORD}/carers"),
    Ask("GET /me/profiles"),
    Ask("GET /fhir/Patient/{patient_id}"),
    Ask("HEAD /fhir/Patient/{patient_id}"),
    Ask("GET /fhir/Consent", _OF_RECORD),
    Ask("HEAD /fhir/Consent", _OF_RECORD),
    Ask("POST /fhir/Consent/_search", form=_OF_RECORD),
    Ask("GET /fhir/Consent/{resource_id}"),
    Ask("HEAD /fhir/Consent/{resource_id}"),
    Ask("GET /dmp/records"),
    Ask("POST /dmp/records/search", json={"ins": {"matricule": "{matricule}", "oid": "{oid}"}}),
    Ask(
        "POST /dmp/patients/search",
        json={"family_name": "{family_name}", "given_names": "{given_names}", "birth_date": "{birth_date}"},
    ),
    Ask("HEAD /fhir/Patient", {"identifier": "urn:oid:{oid}|{matricule}"}),
    Ask("GET /fhir/Patient", {"identifier": "urn:oid:{oid}|{matricule}"}),
    Ask("POST /fhir/Patient/_search", form={"identifier": "urn:oid:{oid}|{matricule}"}),
)

_MASK = [{"op": "add", "path": "/securityLabel/-", "value": {"coding": [{"code": "MASQUE_PS"}]}}]
_DELETE = [{"op": "replace", "path": "/status", "value": "entered-in-error"}]

_ATTEMPTS = (
    Ask(f"PATCH {DOCUMENT}", json={"masque_ps": True}, only_hidden=True),
    Ask(f"PUT {DOCUMENT}/archive", only_hidden=True),
    Ask(f"DELETE {DOCUMENT}/archive", only_hidden=True),
    Ask(f"PUT {DOCUMENT}/place", json={"folders": [], "pinned": True}, only_hidden=True),
    Ask(f"POST {DOCUMENT}/announcement", only_hidden=True),
    Ask("PATCH /fhir/DocumentReference/{resource_id}", json=_MASK, headers=_JSON_PATCH, only_hidden=True),
    Ask(
        "PATCH /fhir/DocumentReference",
        {"identifier": "{unique_id}", **_OF_RECORD},
        json=_DELETE,
        headers=_JSON_PATCH,
        only_hidden=True,
    ),
    Ask(f"DELETE {DOCUMENT}", only_hidden=True),
)

_CHANGES = (
    Ask(f"PUT {DOCUMENT}/place", json={"folders": [], "pinned": True}, only_ended=True),
    Ask(f"PATCH {DOCUMENT}", json={"masque_ps": True}, only_ended=True),
    Ask(f"PUT {DOCUMENT}/archive", only_ended=True),
    Ask(f"GET {DOCUMENT}"),
)

STATE_ASKS = (*_RECORD, *_DOCUMENTS, *_FHIR_DOCUMENTS, *_ATTEMPTS, *_CHANGES)
"""What is asked while nothing happens, in this order."""

_BEFORE = {"until": "{until}"}

PROOFS = Ask(f"GET {RECORD}/journal/proofs", {"count": "100"})

ARRIVING_ASKS = (
    Ask(f"GET {RECORD}/journal", {**_BEFORE, "count": "100"}),
    Ask(f"GET {RECORD}/journal", {**_BEFORE, "count": "100", "outcome": "refused"}),
    Ask(f"GET {RECORD}/journal", {**_BEFORE, "count": "100", "document_id": "{document_id}"}),
    PROOFS,
    Ask("GET /fhir/AuditEvent", {**_OF_RECORD, "_count": "100"}),
    Ask("HEAD /fhir/AuditEvent", {**_OF_RECORD, "_count": "100"}),
    Ask("POST /fhir/AuditEvent/_search", form={**_OF_RECORD, "_count": "100"}),
    Ask(f"GET {RECORD}/notices", {"count": "100"}),
    Ask(f"GET {RECORD}/notices", {"count": "2"}),
)
"""What arrives a moment after the acts and the reader's own requests, asked once it has."""

ASKED_ROUTES = frozenset(ask.route for ask in (*STATE_ASKS, *ARRIVING_ASKS))

DONE: dict[str, str] = {
    f"DELETE {RECORD}/apps/{{app}}": "change_app",
    f"POST {RECORD}/authorisations": "declare",
    f"PUT {RECORD}/authorisations/{{rpps}}": "authorise",
    f"DELETE {RECORD}/authorisations/{{rpps}}": "authorise",
    f"PUT {RECORD}/blocked/{{rpps}}": "block_and_unblock",
    f"DELETE {RECORD}/blocked/{{rpps}}": "block_and_unblock",
    f"PUT {RECORD}/care-teams/{{finess}}": "authorise_team",
    f"DELETE {RECORD}/care-teams/{{finess}}": "authorise_team",
    f"POST {RECORD}/carers": "invite_and_withdraw",
    f"DELETE {RECORD}/carers/{{carer}}": "change_carer",
    f"DELETE {RECORD}/invitations/{{invitation_id}}": "invite_and_withdraw",
    "POST /me/invitations": "change_carer",
    f"POST {RECORD}/closing": "close_and_reopen",
    f"POST {RECORD}/reopening": "close_and_reopen",
    f"PUT {RECORD}/default-visibility": "deposit_while_masked_by_default",
    f"POST {RECORD}/documents": "deposit",
    f"POST {RECORD}/emergencies": "open_emergency",
    f"PUT {RECORD}/folders/{{folder_id}}": "arrange",
    f"DELETE {RECORD}/folders/{{folder_id}}": "delete_folder",
    f"PUT {RECORD}/heirs-opposition": "oppose_heirs",
    f"DELETE {RECORD}/heirs-opposition": "oppose_heirs",
    f"PUT {RECORD}/medecins-traitants/{{rpps}}": "name_medecin_traitant",
    f"DELETE {RECORD}/medecins-traitants/{{rpps}}": "name_medecin_traitant",
    f"PUT {RECORD}/oppositions/{{mode}}": "oppose_and_allow",
    f"DELETE {RECORD}/oppositions/{{mode}}": "oppose_and_allow",
    f"PUT {RECORD}/unmasking": "unmask_and_mask_emergencies",
    "POST /fhir": "deposit_set",
    "POST /fhir/DocumentReference": "deposit",
    "POST /fhir/Consent": "authorise_in_fhir",
    "PUT /fhir/Consent/{resource_id}": "authorise_in_fhir",
}
"""Route -> the act that uses it."""
