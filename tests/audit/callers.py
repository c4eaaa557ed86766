"""Who calls the gateway in an audit: one caller of each role with a token, and one without."""

from dataclasses import dataclass

from client.oauth import SmartApp
from client.people import DemoPeople
from contracts.vocabulary import Role
from deploy.dev.people import FEEDING_SOFTWARE
from deploy.dev.stack import Stack
from tests.support.apps import authorization_code, register_app, tokens_in
from tests.support.people import Holder, activate_account, authorised_doctor, deposit_new, new_minor, open_record
from tests.support.staff import AGENT, COLLEAGUE, agent_client, operators, request_representative

ANONYMOUS = "anonymous"
CALLERS = (Role.PROFESSIONAL, Role.PATIENT, Role.AGENT, Role.APP, Role.OPERATOR, ANONYMOUS)

Known = dict[str, tuple[str, ...]]
"""Parameter -> values that exist."""


@dataclass(frozen=True)
class AuditCaller:
    """A caller with what it may name."""

    name: str
    token: str
    known: Known


def make_caller(platform: Stack, demo: DemoPeople, name: str) -> AuditCaller:
    """A caller of this role, or without a token, about a new record with a document, so that calls meet no others."""
    holder = open_record(demo, new_minor() if name == Role.AGENT else None)
    known: Known = {
        "patient_id": (holder.record,),
        "document_id": (deposit_new(demo, holder),),
        "rpps": (demo.professional("gp").rpps, demo.professional("hospital").rpps),
        "finess": (demo.professional("gp").structure,),
        # No caller's own, which gets a quota.
        "software": (FEEDING_SOFTWARE.number,),
    }
    match name:
        case Role.PROFESSIONAL:
            token = authorised_doctor(demo, holder, "hospital").token
        case Role.PATIENT:
            token = activate_account(demo, holder).token
        case Role.AGENT:
            token = agent_client(platform, AGENT).token
            known |= _waiting_request(platform, demo, holder)
        case Role.APP:
            token = _token_of_app(platform, demo, holder)
        case Role.OPERATOR:
            token = operators(platform).token
            activate_account(demo, holder)
            # Suspended ones log in no more: nobody who deposits or reads for another caller.
            known |= {
                "app": (register_app(operators(platform)).client_id,),
                "rpps": (demo.professional("nurse").rpps,),
            }
        case _:
            token = ""
    return AuditCaller(name, token, known)


def _waiting_request(platform: Stack, demo: DemoPeople, child: Holder) -> Known:
    """A request of a colleague's, which the agent may confirm."""
    parent = open_record(demo)
    requested = request_representative(platform, demo, child, parent.card, by=COLLEAGUE)
    return {"representative": (str(requested.representative),)}


def _token_of_app(platform: Stack, demo: DemoPeople, holder: Holder) -> str:
    """Of an app that the holder lets read everything."""
    activate_account(demo, holder)
    app = SmartApp(demo.gateway, register_app(operators(platform)).client_id)
    token: str = tokens_in(app.redeem(authorization_code(demo, holder, app)))["access_token"]
    return token
