"""The whole scenario, in the order in which each step has what it needs; and the methods that are never refused."""

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from contracts.api import Method
from contracts.audit import Audit
from contracts.consent.api import Consent
from contracts.errors.request import InvalidRequest, TokenInvalid
from contracts.identity.api import Identity
from contracts.records.api import Records
from tests.journeys.entries import (
    accounts,
    apps,
    changing,
    circle,
    closing,
    depositing,
    links,
    opening,
    operating,
    professionals,
    reading,
    relatives,
)
from tests.journeys.entries.callers import AGENT_OF_ORGANISATION, STAFF
from tests.journeys.entries.data_plane import TransferMethods
from tests.journeys.entries.steps import NOBODY, ScenarioStep

STEPS = (
    *opening.STEPS,
    *accounts.STEPS,
    *apps.STEPS,
    *professionals.STEPS,
    *links.STEPS,
    *depositing.STEPS,
    *circle.STEPS,
    *relatives.CARERS,
    *relatives.REPRESENTATIVES,
    *reading.STEPS,
    *changing.STEPS,
    *operating.STEPS,
    *relatives.ENDED,
    *closing.STEPS,
)

NEVER_REFUSED = {
    Identity.birth_date_of.route: "an unknown patient has no birth date",
    Identity.organisation_status_of.route: "an unknown organisation is not active",
    Identity.ins_of.route: "an unknown person has no number",
    Identity.death_of.route: "an unknown person has not died",
    Identity.join_of.route: "an unknown person has no other identity",
    Identity.traits_of.route: "an unknown patient has no traits",
    Identity.traits_of_several.route: "an unknown patient has no traits",
    Identity.show_authenticator.route: "it shows the caller's own account",
    Identity.list_passkeys.route: "it shows the caller's own account",
    Identity.begin_passkey_login.route: "a challenge is for anybody",
    Identity.show_contact.route: "it shows the caller's own account",
    Identity.list_sessions.route: "it shows the caller's own sessions",
    Identity.end_sessions.route: "of a session that is not the caller's, nothing ends",
    Identity.ended_sessions.route: "it is public",
    Identity.create_record_link.route: "a link opens nothing by itself: the record is asked for when it is shown",
    Identity.follow_record_link.route: "whether there is such a link, only its professional learns, later",
    Identity.public_keys.route: "it is public",
    Identity.list_clients.route: "a table, for the operator's role",
    Identity.list_software.route: "a table, for the operator's role",
    Records.status_of.route: "an unknown record has no status",
    Records.holds_content.route: "an unknown content is not held",
    Records.show_filing.route: "a table, for the operator's role",
    Consent.decide.route: "a refusal is an answer",
    Consent.end_heir_access.route: "there is nothing to end, and that is no error",
    Consent.list_profiles.route: "it shows the caller's own profiles",
    Consent.my_standing.route: "it shows the caller's own authorisation, or that there is none",
    Consent.list_my_patients.route: "it shows the caller's own authorisations",
    Consent.list_matrices.route: "a table, for the operator's role",
    Audit.latest_head.route: "it is public, once a head was signed",
    Audit.key_of_heads.route: "it is public",
}
"""Route -> why its handler refuses nobody; before the handler, a wrong message, token or role is refused."""

_INVALID = msgspec.Raw(b"[]")
"""A message of no method."""


def rejected_before_the_handler(steps: Iterable[ScenarioStep]) -> Iterator[ScenarioStep]:
    """The methods of these steps with an invalid message, and without a token where they need one."""
    callers = {step.method.route: (step.method, step.who) for step in steps if not step.code}
    for method, who in callers.values():
        if method.service == TransferMethods.service:
            continue
        sender = who if method.anonymous or who in {*STAFF, AGENT_OF_ORGANISATION} else "stranger"
        yield _rejected(InvalidRequest.code, method, sender)
        if not method.anonymous:
            yield _rejected(TokenInvalid.code, method, NOBODY)


def _rejected(code: str, method: Method[Any, Any], who: str) -> ScenarioStep:
    return ScenarioStep(method=method, who=who, request=lambda _: _INVALID, code=code, is_rejected=True)


REJECTED = tuple(rejected_before_the_handler(STEPS))
