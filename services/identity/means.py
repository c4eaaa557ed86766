"""What opens an account besides its password: listed for its holder, and ended when they take the account back."""

from collections.abc import Iterable

from contracts.identity.events import AppAccessEnded
from contracts.identity.passkeys import PasskeySummary
from contracts.identity.recovery import FinishRecovery, InstalledApp, MeansOfAccess
from contracts.vocabulary import PatientId
from services.identity.context import IdentityContext
from services.identity.domain.granting import Grant
from services.identity.repositories.accounts import Account


def means_of(ctx: IdentityContext, account: Account) -> MeansOfAccess:
    """Everything that its holder, or somebody in their name, added to an account."""
    repositories, holder = ctx.database.repositories, account.patient_id
    authenticator = repositories.authenticator_of(holder)
    return MeansOfAccess(
        contact=account.contact,
        passkeys=passkeys_of(ctx, holder),
        authenticator=authenticator.confirmed_at if authenticator else None,
        apps=tuple(_installed_app(ctx, grant) for grant in repositories.grants_given_by(holder, ctx.now)),
    )


def passkeys_of(ctx: IdentityContext, holder: PatientId) -> tuple[PasskeySummary, ...]:
    """A patient's keys, the newest first."""
    return tuple(
        PasskeySummary(
            passkey=ctx.tools.passkeys.write_id(passkey.credential_id),
            label=passkey.label,
            added_at=passkey.added_at,
            used_at=passkey.used_at,
        )
        for passkey in ctx.database.repositories.passkeys_of(holder)
    )


def end_means(ctx: IdentityContext, holder: PatientId, kept: FinishRecovery) -> bool:
    """Remove what is not to be kept, and every known device; whether a passkey or an authenticator was removed."""
    repositories = ctx.database.repositories
    keys = {ctx.tools.passkeys.read_id(passkey) for passkey in kept.keep_passkeys}
    repositories.forget_devices(holder)
    is_changed = repositories.remove_passkeys(holder, but=keys) > 0
    authenticator = repositories.authenticator_of(holder)
    if authenticator is not None and not (kept.keep_authenticator and authenticator.confirmed_at):
        repositories.remove_authenticator(holder)
        is_changed |= authenticator.confirmed_at is not None
    _end_grants(ctx, holder, kept)
    return is_changed


def end_under_way(ctx: IdentityContext, holder: PatientId) -> None:
    """Whoever began a login, a recovery, a new address or a new passkey before cannot finish it."""
    repositories = ctx.database.repositories
    repositories.forget_attempts_of(holder)
    repositories.forget_pending_contact(holder)
    repositories.forget_challenges_of(holder)


def _end_grants(ctx: IdentityContext, holder: PatientId, kept: FinishRecovery) -> None:
    given = ctx.database.repositories.grants_given_by(holder, ctx.now)
    ended = [grant for grant in given if grant.grant_id not in kept.keep_apps]
    for grant in ended:
        ctx.database.repositories.end_grant(grant.grant_id, ctx.now)
    remaining = _authorisations(grant for grant in given if grant not in ended)
    for patient_id, app in sorted(_authorisations(ended) - remaining):
        representative = None if patient_id == holder else holder
        ctx.events.publish(AppAccessEnded(patient_id=patient_id, app=app, representative=representative))


def _authorisations(grants: Iterable[Grant]) -> set[tuple[PatientId, str]]:
    return {(grant.patient_id, grant.client_id) for grant in grants}


def _installed_app(ctx: IdentityContext, grant: Grant) -> InstalledApp:
    client = ctx.database.repositories.client(grant.client_id)
    return InstalledApp(
        grant=grant.grant_id,
        app=grant.client_id,
        name=client.name if client else "",
        since=grant.started_at,
        patient_id=None if grant.representative is None else grant.patient_id,
    )
