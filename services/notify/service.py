"""The door of the notify service."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TypeVar

from chassis.events import Received, listen_bundle
from chassis.rpc import RequestContext, serve
from chassis.service import Service, per_process
from chassis.settings import load
from chassis.timers import every
from contracts.consent import AppAllowed, CarerAccepted, CarerEnded, EmergencyAccessOpened
from contracts.identity import (
    AccountActivated,
    AccountLockChanged,
    AuthenticatorChanged,
    ContactChanged,
    Identity,
    PasswordSet,
)
from contracts.notify import CodeSentOut, ListNotices, Notices, Notify, SendCode, WarnAddress
from contracts.records import (
    DocumentAppeared,
    DocumentDeleted,
    DocumentDeposited,
    MajorityReached,
    RecordClosed,
    RecordFirstRead,
    RecordPurged,
    RecordReopened,
    VisibilityChanged,
)
from services.notify import handlers
from services.notify.channels import Channels
from services.notify.domain.notices import NotifiableEvent
from services.notify.repositories import NoticeRepository
from services.notify.settings import NotifySettings

E = TypeVar("E", bound=NotifiableEvent)


def _channels() -> Channels:
    return Channels(load(NotifySettings))


class NotifyService(Service):
    """Tells people."""

    name = "notify"
    channels = per_process(_channels)

    @serve(Notify.send_code, reading=True)
    def send_code(self, call: RequestContext[SendCode]) -> CodeSentOut:
        """Carry a one-time code now."""
        handlers.send_code(call.message, self.channels)
        return CodeSentOut()

    @serve(Notify.warn_address, reading=True)
    def warn_address(self, call: RequestContext[WarnAddress]) -> CodeSentOut:
        """Tell an old address."""
        handlers.warn_address(call.message, self.channels)
        return CodeSentOut()

    @serve(Notify.list_notices, reading=True)
    def list_notices(self, call: RequestContext[ListNotices]) -> Notices:
        """A page of a record's notices."""
        return handlers.list_notices(NoticeRepository(call.connection), call)

    @listen_bundle(DocumentDeposited)
    def tell_document_deposited(self, call: RequestContext[tuple[Received[DocumentDeposited], ...]]) -> None:
        """AJOUT_DOCUMENT, unless the patient may not know yet."""
        _notify(call)

    @listen_bundle(DocumentAppeared)
    def tell_document_appeared(self, call: RequestContext[tuple[Received[DocumentAppeared], ...]]) -> None:
        """REMISE_VISIBILITE_AUTO"""
        _notify(call)

    @listen_bundle(DocumentDeleted)
    def tell_document_deleted(self, call: RequestContext[tuple[Received[DocumentDeleted], ...]]) -> None:
        """SUPP_DOC, unless the patient did it or may not know of the document."""
        _notify(call)

    @listen_bundle(VisibilityChanged)
    def tell_visibility_changed(self, call: RequestContext[tuple[Received[VisibilityChanged], ...]]) -> None:
        """MODIF_DOCUMENT, unless the patient did it or may not know of the document."""
        _notify(call)

    @listen_bundle(RecordFirstRead)
    def tell_first_read(self, call: RequestContext[tuple[Received[RecordFirstRead], ...]]) -> None:
        """ACCES_DMP_PS"""
        _notify(call)

    @listen_bundle(RecordClosed)
    def tell_record_closed(self, call: RequestContext[tuple[Received[RecordClosed], ...]]) -> None:
        """FERMETURE_DOSSIER, or SUPPRESSION_DEMANDEE."""
        _notify(call)

    @listen_bundle(RecordReopened)
    def tell_record_reopened(self, call: RequestContext[tuple[Received[RecordReopened], ...]]) -> None:
        """REOUVERTURE_DOSSIER"""
        _notify(call)

    @listen_bundle(RecordPurged)
    def tell_record_purged(self, call: RequestContext[tuple[Received[RecordPurged], ...]]) -> None:
        """DOSSIER_DETRUIT"""
        _notify(call)

    @listen_bundle(MajorityReached)
    def tell_majority_reached(self, call: RequestContext[tuple[Received[MajorityReached], ...]]) -> None:
        """PASSAGE_MAJORITE"""
        _notify(call)

    @listen_bundle(EmergencyAccessOpened)
    def tell_emergency_access(self, call: RequestContext[tuple[Received[EmergencyAccessOpened], ...]]) -> None:
        """ACCES_BRIS_GLACE or ACCES_CENTRE_15, to the holder and to each médecin traitant."""
        _notify(call)

    @listen_bundle(AccountActivated)
    def tell_account_activated(self, call: RequestContext[tuple[Received[AccountActivated], ...]]) -> None:
        """COMPTE_ACTIVE, and everything that waited for an address."""
        _notify(call)
        for received in call.message:
            handlers.welcome(NoticeRepository(call.connection), received.event.patient_id, now=call.now)

    @listen_bundle(AuthenticatorChanged)
    def tell_authenticator_changed(self, call: RequestContext[tuple[Received[AuthenticatorChanged], ...]]) -> None:
        """MOYEN_CONNEXION"""
        _notify(call)

    @listen_bundle(AppAllowed)
    def tell_app_allowed(self, call: RequestContext[tuple[Received[AppAllowed], ...]]) -> None:
        """APPLICATION_AUTORISEE"""
        _notify(call)

    @listen_bundle(PasswordSet)
    def tell_password_set(self, call: RequestContext[tuple[Received[PasswordSet], ...]]) -> None:
        """MOT_DE_PASSE"""
        _notify(call)

    @listen_bundle(AccountLockChanged)
    def tell_account_lock(self, call: RequestContext[tuple[Received[AccountLockChanged], ...]]) -> None:
        """COMPTE_VERROUILLE"""
        _notify(call)

    @listen_bundle(ContactChanged)
    def tell_contact_changed(self, call: RequestContext[tuple[Received[ContactChanged], ...]]) -> None:
        """COORDONNEES"""
        _notify(call)

    @listen_bundle(CarerAccepted)
    def tell_carer_accepted(self, call: RequestContext[tuple[Received[CarerAccepted], ...]]) -> None:
        """PARTAGE_PROFIL_AIDANT"""
        _notify(call)

    @listen_bundle(CarerEnded)
    def tell_carer_ended(self, call: RequestContext[tuple[Received[CarerEnded], ...]]) -> None:
        """REVOCATION_AIDANT"""
        _notify(call)

    @every(seconds=1)
    def send_due(self, call: RequestContext[None]) -> None:
        """Send what is due."""
        look_up_contact = partial(call.remote.as_service, Identity.contact_of)
        handlers.send_due(partial(_notices_in_autocommit, call), look_up_contact, self.channels, call.now)


def _notify(call: RequestContext[tuple[Received[E], ...]]) -> None:
    happened = ((received.event, received.at) for received in call.message)
    handlers.notify(NoticeRepository(call.connection), happened, now=call.now)


@contextmanager
def _notices_in_autocommit(call: RequestContext[None]) -> Iterator[NoticeRepository]:
    with call.autocommit() as connection:
        yield NoticeRepository(connection)
