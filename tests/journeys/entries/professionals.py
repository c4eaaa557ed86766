"""Steps: professionals log in by card and by Pro Santé Connect."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec

from contracts.identity.api import Identity
from contracts.identity.apps import ClientKind
from contracts.identity.oauth import AuthorizationParameters, BeginAuthorization, ClientProof, GrantToken, GrantType
from contracts.identity.people import ProfessionalAssertion
from contracts.identity.workplaces import ChooseStructure, LogOutProfessional, SignInProfessional
from contracts.vocabulary import Finess, Rpps
from deploy.dev import authority, people
from tests.journeys.entries.apps import registration, request_id
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import NOBODY, ScenarioStep, allowed, by_two, refused
from tests.support.pro_sante_connect import (
    CALLBACK,
    OTHER_STRUCTURE,
    BusinessSoftware,
    claims_of,
    code_in,
    list_in_two_structures,
    logout_token,
)

_PHARMACIST = people.PROFESSIONALS[0]
_UNKNOWN = replace(_PHARMACIST, rpps=Rpps("10999000028"))
_SOFTWARE_CLIENT = "software"


def card_login(run: ScenarioRun) -> ProfessionalAssertion:
    card = authority.load_cps(run.demo.cards, "gp")
    audience = f"{run.demo.gateway}/oauth/token"
    assertion = authority.cps_assertion(card, audience, card.structure, card.software, datetime.now(UTC))
    return ProfessionalAssertion(assertion=assertion)


def begins(run: ScenarioRun) -> BeginAuthorization:
    fields = run.app.parameters(redirect_uri=CALLBACK, client_id=software_of(run), scope="")
    return BeginAuthorization(parameters=msgspec.convert(fields, AuthorizationParameters), browser=run.new_browser())


def software_of(run: ScenarioRun) -> str:
    return run.last(Identity.register_client, _SOFTWARE_CLIENT).client_id


def signs_in(run: ScenarioRun, claims: dict[str, Any]) -> SignInProfessional:
    """The return of the browser in which this professional logged in at Pro Santé Connect."""
    software = BusinessSoftware(run.demo.gateway, software_of(run))
    code = code_in(software.address_after(run.last(Identity.begin_authorization).sign_in_at, claims))
    return SignInProfessional(request_id=request_id(run), browser=run.browser, code=code)


def chooses(run: ScenarioRun, structure: str, *, browser: str = "") -> ChooseStructure:
    return ChooseStructure(request_id=request_id(run), browser=browser or run.browser, structure=Finess(structure))


def redeems(run: ScenarioRun) -> GrantToken:
    answered = run.last(Identity.sign_in_professional).answered
    assert answered is not None
    return GrantToken(
        proof=ClientProof(client_id=software_of(run)),
        grant_type=GrantType.CODE,
        code=answered.code,
        redirect_uri=CALLBACK,
        code_verifier=run.app.verifier,
    )


def name_doctor_in_two_structures(run: ScenarioRun) -> None:
    run.name("doctor in two structures", list_in_two_structures(run.platform).rpps)


STEPS: tuple[ScenarioStep, ...] = (
    refused("card.proof_invalid", Identity.login_professional, NOBODY, lambda _: ProfessionalAssertion(assertion="")),
    allowed(Identity.login_professional, "gp", card_login),
    # The card is known although what it signed serves no more.
    refused(
        "card.proof_replayed", Identity.login_professional, "gp", lambda run: run.sent(Identity.login_professional)
    ),
    *by_two(
        allowed(
            Identity.register_client,
            "operator",
            lambda run: registration(
                f"lgc-{run.browser[:12]}",
                kind=ClientKind.SOFTWARE,
                redirect_uris=(CALLBACK,),
                scopes="",
                software=people.FULL_SOFTWARE.number,
            ),
            keep=_SOFTWARE_CLIENT,
            then=lambda run, _: run.name("unknown doctor", _UNKNOWN.rpps),
        )
    ),
    allowed(Identity.begin_authorization, NOBODY, begins),
    refused(
        "oauth.authorization_gone",
        Identity.sign_in_professional,
        NOBODY,
        lambda run: SignInProfessional(request_id=request_id(run), browser="un autre", code="x"),
    ),
    refused(
        "professional.unknown",
        Identity.sign_in_professional,
        "unknown doctor",
        lambda run: signs_in(run, claims_of(_UNKNOWN)),
    ),
    allowed(Identity.sign_in_professional, "pharmacist", lambda run: signs_in(run, claims_of(_PHARMACIST))),
    allowed(Identity.grant_token, "pharmacist", redeems, keep="software"),
    allowed(
        Identity.log_out_professional,
        "pharmacist",
        lambda _: LogOutProfessional(logout_token=logout_token(_PHARMACIST)),
    ),
    refused(
        "logout.invalid",
        Identity.log_out_professional,
        NOBODY,
        lambda run: run.sent(Identity.log_out_professional),
    ),
    allowed(Identity.begin_authorization, NOBODY, begins, before=name_doctor_in_two_structures),
    allowed(
        Identity.sign_in_professional,
        "doctor in two structures",
        lambda run: signs_in(
            run, claims_of(replace(_PHARMACIST, rpps=Rpps(run.callers.subject("doctor in two structures"))))
        ),
        keep="two structures",
    ),
    refused(
        "oauth.authorization_gone",
        Identity.choose_structure,
        NOBODY,
        lambda run: chooses(run, OTHER_STRUCTURE, browser="un autre"),
    ),
    refused(
        "professional.unknown",
        Identity.choose_structure,
        "doctor in two structures",
        lambda run: chooses(run, "990000000"),
    ),
    allowed(Identity.choose_structure, "doctor in two structures", lambda run: chooses(run, OTHER_STRUCTURE)),
)
