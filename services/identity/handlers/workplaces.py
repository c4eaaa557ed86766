"""A professional comes in by a browser: confirmed by Pro Santé Connect, known to the directory."""

from datetime import datetime
from uuid import UUID, uuid4

from chassis.opaque import new_opaque, token_hash
from chassis.pending_events import PendingEvents
from contracts.audit import JournalEntry
from contracts.envelope import Actor
from contracts.errors import AuthorizationGone, ProfessionalUnknown, Refusal, SignInUnavailable
from contracts.identity import (
    AuthorizationAnswered,
    AuthorizationParameters,
    ChooseStructure,
    ProfessionalSignedIn,
    SignInProfessional,
)
from contracts.vocabulary import PLATFORM, Act, Finess, Outcome, Role, Rpps
from services.identity.domain.authorizing import check_redirect, found_request
from services.identity.domain.granting import CODE_LIFE
from services.identity.domain.workplaces import Confirmed, ProfessionalCode, check_confirmed, rpps_of
from services.identity.pro_sante_connect import ProSanteConnect
from services.identity.repositories import Database, IdentityRepositories
from services.identity.tools import Tools


def provider_of(tools: Tools) -> ProSanteConnect:
    """The provider of this platform; raises SignInUnavailable where it has none."""
    if tools.pro_sante_connect is None:
        raise SignInUnavailable
    return tools.pro_sante_connect


def sign_in_professional(
    message: SignInProfessional, *, now: datetime, database: Database, tools: Tools, events: PendingEvents
) -> ProfessionalSignedIn:
    """Who has come back from Pro Santé Connect, if the directory knows them; journalled once somebody is named.

    Whoever gave up there goes back to the software without a code.

    Raises:
        AuthorizationGone: expired, answered, another browser's. SignInRefused, SignInUnavailable.
        ProfessionalUnknown: confirmed, and not known here.
    """
    browser = token_hash(message.browser)
    if not message.code:
        asked = found_request(database.repositories.take_authorization(message.request_id, browser, now))
        check_redirect(database.repositories.client(asked.client_id), asked.redirect_uri)
        return ProfessionalSignedIn(
            answered=AuthorizationAnswered(redirect_uri=asked.redirect_uri, state=asked.state)
        )
    with database.separate_transaction() as repositories:
        _waiting(message.request_id, browser, repositories, now)
    # Nothing of the database is held while the provider is asked.
    confirmed = provider_of(tools).confirm(message.code, message.request_id, message.browser, now)
    rpps = rpps_of(confirmed)
    repositories = database.repositories
    asked = _waiting(message.request_id, browser, repositories, now)
    try:
        entry = check_confirmed(confirmed, repositories.find_professional(rpps))
    except Refusal as refusal:
        events.journal(_refused(rpps, confirmed, refusal))
        raise
    repositories.confirm_professional(message.request_id, browser, rpps, now)
    if len(entry.structures) > 1:
        return ProfessionalSignedIn(
            workplaces=repositories.workplaces(entry.structures), redirect_uri=asked.redirect_uri
        )
    repositories.take_authorization(message.request_id, browser, now)
    return _answered(asked, rpps, *entry.structures, now=now, repositories=repositories)


def choose_structure(
    message: ChooseStructure, *, now: datetime, repositories: IdentityRepositories
) -> ProfessionalSignedIn:
    """The place of work of somebody who has several.

    Raises:
        AuthorizationGone: nobody was confirmed in this browser, or it was answered.
        ProfessionalUnknown: the directory does not state that they work there.
    """
    browser = token_hash(message.browser)
    rpps = repositories.professional_in(message.request_id, browser, now)
    asked = repositories.take_confirmed(message.request_id, browser, now)
    if rpps is None or asked is None:
        raise AuthorizationGone
    entry = repositories.find_professional(rpps)
    if entry is None or message.structure not in entry.structures:
        raise ProfessionalUnknown
    return _answered(asked, rpps, message.structure, now=now, repositories=repositories)


def _waiting(
    request_id: UUID, browser: bytes, repositories: IdentityRepositories, now: datetime
) -> AuthorizationParameters:
    return found_request(repositories.authorization(request_id, browser, now))


def _answered(
    asked: AuthorizationParameters,
    rpps: Rpps,
    structure: Finess,
    *,
    now: datetime,
    repositories: IdentityRepositories,
) -> ProfessionalSignedIn:
    client = check_redirect(repositories.client(asked.client_id), asked.redirect_uri)
    code = new_opaque()
    opens = ProfessionalCode(
        session_id=uuid4(),
        client_id=client.client_id,
        redirect_uri=asked.redirect_uri,
        challenge=asked.code_challenge,
        rpps=rpps,
        structure=structure,
        until=now + CODE_LIFE,
    )
    repositories.put_professional_code(token_hash(code), opens)
    answered = AuthorizationAnswered(redirect_uri=asked.redirect_uri, state=asked.state, code=code)
    return ProfessionalSignedIn(answered=answered)


def _refused(rpps: Rpps, confirmed: Confirmed, refusal: Refusal) -> JournalEntry:
    profession = min(confirmed.professions, default="")
    actor = Actor(role=Role.PROFESSIONAL, subject=rpps, profession=profession)
    return JournalEntry.by(actor, PLATFORM, Act.CONNEXION, outcome=Outcome.REFUSED, reason=refusal.code)
