"""Professionals who lose their access, on PostgreSQL: whose sessions end, who may log in, what is journalled."""

from pathlib import Path

import pytest

from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors.request import CardRevoked, ProfessionalSuspended, ProfessionalUnknown
from contracts.identity.people import ProfessionalAssertion, Token
from contracts.identity.suspensions import ProfessionalAccess, SuspendProfessional, SuspensionCause
from contracts.notify import NoticeCode
from contracts.vocabulary import Act, Finess, Outcome, Role, Rpps
from deploy.dev import authority, people
from services.identity.handlers import professionals, suspensions
from tests.integration.identity.harness import PUBLIC_URL, IdentityHarness
from tests.integration.identity.registry import Registry, practising

OPERATOR = Actor(role=Role.OPERATOR, subject="garde.1")
GP = next(person for person in people.PROFESSIONALS if person.name == "gp")
LOST, STRUCK_OFF = SuspensionCause.CARTE_PERDUE, SuspensionCause.RADIATION


def suspend(
    harness: IdentityHarness, cause: SuspensionCause = LOST, *, suspended: bool = True, rpps: str = GP.rpps
) -> ProfessionalAccess:
    request = SuspendProfessional(rpps=Rpps(rpps), cause=cause, suspended=suspended)
    return harness.run(suspensions.suspend_professional, request, OPERATOR)


def log_in(harness: IdentityHarness) -> Token:
    return harness.login_professional(harness.assertion("gp"))


def log_in_with(harness: IdentityHarness, card: authority.CpsCard) -> Token:
    audience = f"{PUBLIC_URL}/oauth/token"
    assertion = authority.cps_assertion(card, audience, card.structure, card.software, harness.now)
    return harness.run(professionals.login_professional, ProfessionalAssertion(assertion=assertion))


def look(harness: IdentityHarness) -> None:
    harness.tick(suspensions.end_unsupported_sessions)


def ended(harness: IdentityHarness) -> list[tuple[str, str]]:
    """Whose sessions the platform ended by itself, and why, as journalled."""
    return [
        (line.about, line.reason)
        for line in harness.events
        if isinstance(line, JournalEntry) and line.act is Act.FIN_SESSION and line.actor_role is Role.SERVICE
    ]


def has_ended(harness: IdentityHarness, token: Token) -> bool:
    return token.actor.session in harness.ended_since(600)


def test_a_suspended_professional_is_logged_out_kept_out_and_told(harness: IdentityHarness) -> None:
    token = log_in(harness)
    suspend(harness)
    assert has_ended(harness, token)
    with pytest.raises(ProfessionalSuspended):
        log_in(harness)
    assert [warning.code for warning in harness.remote.warnings] == [NoticeCode.ACCES_SUSPENDU]
    assert harness.remote.warnings[0].address == GP.email
    lines = [line for line in harness.events if isinstance(line, JournalEntry)][-2:]
    assert [(line.act, line.outcome, line.reason) for line in lines] == [
        (Act.SUSPENSION_PROFESSIONNEL, Outcome.ALLOWED, "carte_perdue"),
        (Act.CONNEXION, Outcome.REFUSED, "professional.suspended"),
    ]


def test_each_cause_is_lifted_for_itself(harness: IdentityHarness) -> None:
    suspend(harness, LOST)
    assert [found.cause for found in suspend(harness, STRUCK_OFF).suspensions] == [LOST, STRUCK_OFF]
    assert [found.cause for found in suspend(harness, LOST, suspended=False).suspensions] == [STRUCK_OFF]
    with pytest.raises(ProfessionalSuspended):
        log_in(harness)
    assert suspend(harness, STRUCK_OFF, suspended=False).suspensions == ()
    assert log_in(harness).actor.rpps == GP.rpps


def test_nobody_whom_the_directory_never_listed_is_suspended(harness: IdentityHarness) -> None:
    for number in ("0", "10100000002", "19900000014"):
        with pytest.raises(ProfessionalUnknown):
            suspend(harness, rpps=number)


def test_a_suspended_professional_gets_no_notices(harness: IdentityHarness) -> None:
    suspend(harness)
    with harness.repositories() as repositories:
        assert repositories.contact_of_professional(GP.rpps).email is None


def test_a_login_that_was_under_way_when_its_holder_was_suspended_ends_at_the_next_look(
    harness: IdentityHarness,
) -> None:
    token = log_in(harness)
    with harness.repositories() as repositories:
        repositories.suspend_professional(GP.rpps, LOST, harness.now)
    look(harness)
    assert has_ended(harness, token)
    assert ended(harness) == [(GP.rpps, "suspendue")]


@pytest.mark.parametrize(
    ("columns", "finess"),
    [({}, people.HOSPITAL.finess), ({"Code profession": "21"}, GP.structure), (None, "")],
    ids=["left the structure", "has another profession", "left out"],
)
def test_who_is_no_longer_listed_so_by_an_extract_is_logged_out(
    harness: IdentityHarness, tmp_path: Path, columns: dict[str, str] | None, finess: Finess
) -> None:
    registry = Registry(harness.engine, tmp_path, harness.now)
    registry.take(practising(GP.rpps, GP.structure))
    token, other = log_in(harness), harness.login_professional(harness.assertion("nurse"))
    look(harness)
    assert ended(harness) == []
    if columns is None:
        registry.take(practising("10003456789", GP.structure), may_retire=True)
    else:
        registry.take(practising(GP.rpps, finess, **columns))
    look(harness)
    assert (has_ended(harness, token), has_ended(harness, other)) == (True, False)
    assert ended(harness) == [(GP.rpps, "annuaire")]
    registry.take(practising(GP.rpps, GP.structure), may_retire=True)
    assert log_in(harness).actor.rpps == GP.rpps


def test_a_revoked_card_ends_what_it_began_and_no_other_session(harness: IdentityHarness) -> None:
    lost, kept = authority.mint_cps(harness.cards, GP), authority.mint_cps(harness.cards, GP)
    by_lost, by_kept = log_in_with(harness, lost), log_in_with(harness, kept)
    look(harness)
    assert ended(harness) == []
    authority.revoke(harness.cards, lost)
    look(harness)
    assert (has_ended(harness, by_lost), has_ended(harness, by_kept)) == (True, False)
    assert ended(harness) == [(GP.rpps, "carte_revoquee")]
    with pytest.raises(CardRevoked):
        log_in_with(harness, lost)
