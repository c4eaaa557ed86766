"""Who calls the gateway in an audit: one caller of each role with a token, and one without."""

from dataclasses import dataclass

from client.api_client import ApiClient
from client.people import DemoPeople
from contracts.vocabulary import Role
from deploy.dev.stack import Stack
from tests.support.people import Holder, activate_account, authorised_doctor, deposit_new, open_record
from tests.support.staff import agent_client, app_client, operators

APP = "carnet-de-vaccins"
ANONYMOUS = "anonymous"
CALLERS = (Role.PROFESSIONAL, Role.PATIENT, Role.AGENT, Role.APP, Role.OPERATOR, ANONYMOUS)


@dataclass(frozen=True)
class AuditCaller:
    """A caller with what it may name: parameter or field -> values that exist."""

    name: str
    token: str
    known: dict[str, tuple[str, ...]]


def make_caller(platform: Stack, demo: DemoPeople, name: str) -> AuditCaller:
    """A caller of this role, or without a token, about a new record with a document, so that calls meet no others."""
    holder = open_record(demo)
    document = deposit_new(demo, holder)
    doctor = authorised_doctor(demo, holder, "hospital")
    known = {
        "patient_id": (holder.record,),
        "document_id": (document,),
        "rpps": (demo.professional("gp").rpps, demo.professional("hospital").rpps),
        "finess": (demo.professional("gp").structure,),
    }
    return AuditCaller(name, _client(platform, demo, name, holder, doctor).token, known)


def _client(platform: Stack, demo: DemoPeople, name: str, holder: Holder, doctor: ApiClient) -> ApiClient:
    match name:
        case Role.PROFESSIONAL:
            return doctor
        case Role.PATIENT:
            return activate_account(demo, holder)
        case Role.AGENT:
            return agent_client(platform)
        case Role.APP:
            return app_client(platform, APP, holder.record)
        case Role.OPERATOR:
            return operators(platform)
        case _:
            return ApiClient(demo.gateway, "")
