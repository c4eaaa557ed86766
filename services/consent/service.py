"""The door of the consent service."""

from typing import Any

from chassis.events import listen
from chassis.rpc import RequestContext, serve
from chassis.service import Service, per_process
from chassis.settings import load
from chassis.timers import every
from contracts.consent import (
    AboutApp,
    AboutCarer,
    AboutInvitation,
    AboutProfessional,
    AboutRepresentative,
    AboutTeam,
    AnswerInvitation,
    Authorisation,
    AuthorisationStatusFound,
    Carers,
    Circle,
    Consent,
    Decide,
    Decision,
    DeclareAuthorisation,
    Done,
    EmergencyOpened,
    GetAuthorisationStatus,
    GiveAuthorisation,
    GiveTeamAuthorisation,
    GrantApp,
    GrantedApps,
    Invitation,
    InviteCarer,
    KeepRepresentative,
    ListApps,
    ListAuthorisations,
    ListCarers,
    ListMatrices,
    ListMyPatients,
    ListProfiles,
    LoadMatrix,
    Matrices,
    MatrixDiff,
    MyPatients,
    NameRepresentative,
    OpenEmergency,
    Profiles,
    Representation,
    SetOpposition,
    SetUnmasking,
    TeamAuthorisation,
)
from contracts.identity import AppListed, AppSuspended
from contracts.records import RecordPurged
from services.consent import handlers
from services.consent.authorizer import Authorizer
from services.consent.matrix_cache import MatrixCache
from services.consent.repositories import FactRepository, InvitationRepository, MatrixRepository
from services.consent.settings import ConsentSettings


def _invitations(call: RequestContext[Any]) -> InvitationRepository:
    return InvitationRepository(call.connection)


def _settings() -> ConsentSettings:
    return load(ConsentSettings)


class ConsentService(Service):
    """Who may read what of whom."""

    name = "consent"
    settings = per_process(_settings)
    cache = per_process(MatrixCache)

    @serve(Consent.decide, reading=True)
    def decide(self, call: RequestContext[Decide]) -> Decision:
        """Rule on one access."""
        return handlers.decide(self._authorizer(call), call.message, self.settings)

    @serve(Consent.declare_authorisation)
    def declare_authorisation(self, call: RequestContext[DeclareAuthorisation]) -> Authorisation:
        """File the consent a professional collected."""
        return handlers.declare_authorisation(self._authorizer(call), call.message, self.settings)

    @serve(Consent.give_authorisation)
    def give_authorisation(self, call: RequestContext[GiveAuthorisation]) -> Authorisation:
        """File the consent a patient gives from afar."""
        return handlers.give_authorisation(self._authorizer(call), call.message, self.settings)

    @serve(Consent.end_authorisation)
    def end_authorisation(self, call: RequestContext[AboutProfessional]) -> Done:
        """Take an authorisation back."""
        handlers.end_authorisation(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.give_team_authorisation)
    def give_team_authorisation(self, call: RequestContext[GiveTeamAuthorisation]) -> TeamAuthorisation:
        """File the consent given to a care team."""
        return handlers.give_team_authorisation(self._authorizer(call), call.message, self.settings)

    @serve(Consent.end_team_authorisation)
    def end_team_authorisation(self, call: RequestContext[AboutTeam]) -> Done:
        """Take a care team's authorisation back."""
        handlers.end_team_authorisation(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.list_authorisations, reading=True)
    def list_authorisations(self, call: RequestContext[ListAuthorisations]) -> Circle:
        """Show a patient's circle."""
        return handlers.circle(self._authorizer(call), call.message)

    @serve(Consent.name_medecin_traitant)
    def name_medecin_traitant(self, call: RequestContext[AboutProfessional]) -> Done:
        """File a médecin traitant."""
        handlers.name_medecin_traitant(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.dismiss_medecin_traitant)
    def dismiss_medecin_traitant(self, call: RequestContext[AboutProfessional]) -> Done:
        """Take a médecin traitant off."""
        handlers.dismiss_medecin_traitant(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.block_professional)
    def block_professional(self, call: RequestContext[AboutProfessional]) -> Done:
        """Shut a professional out."""
        handlers.block(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.unblock_professional)
    def unblock_professional(self, call: RequestContext[AboutProfessional]) -> Done:
        """Lift a block."""
        handlers.unblock(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.set_opposition)
    def set_opposition(self, call: RequestContext[SetOpposition]) -> Done:
        """Oppose an emergency mode, or no longer."""
        handlers.set_opposition(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.set_unmasking)
    def set_unmasking(self, call: RequestContext[SetUnmasking]) -> Done:
        """Let emergencies show what is masked, or no longer."""
        handlers.set_unmasking(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.name_representative)
    def name_representative(self, call: RequestContext[NameRepresentative]) -> Representation:
        """File a legal representative."""
        return handlers.name_representative(self._authorizer(call), call.message, self.settings)

    @serve(Consent.end_representation)
    def end_representation(self, call: RequestContext[AboutRepresentative]) -> Done:
        """End a representation."""
        handlers.end_representation(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.grant_app)
    def grant_app(self, call: RequestContext[GrantApp]) -> Done:
        """Let an app read."""
        handlers.grant_app(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.revoke_app)
    def revoke_app(self, call: RequestContext[AboutApp]) -> Done:
        """Take that back."""
        handlers.revoke_app(self._authorizer(call), call.message)
        return Done()

    @serve(Consent.list_apps)
    def list_apps(self, call: RequestContext[ListApps]) -> GrantedApps:
        """Which apps may read."""
        return handlers.list_apps(self._authorizer(call), call.message)

    @serve(Consent.invite_carer)
    def invite_carer(self, call: RequestContext[InviteCarer]) -> Invitation:
        """Share with somebody."""
        return handlers.invite_carer(self._authorizer(call), _invitations(call), call.message, self.settings)

    @serve(Consent.keep_representative)
    def keep_representative(self, call: RequestContext[KeepRepresentative]) -> Carers:
        """Let who represented the holder go on."""
        return handlers.keep_representative(self._authorizer(call), _invitations(call), call.message, self.settings)

    @serve(Consent.withdraw_invitation)
    def withdraw_invitation(self, call: RequestContext[AboutInvitation]) -> Done:
        """Take an invitation back."""
        handlers.withdraw_invitation(self._authorizer(call), _invitations(call), call.message)
        return Done()

    @serve(Consent.answer_invitation)
    def answer_invitation(self, call: RequestContext[AnswerInvitation]) -> Profiles:
        """Become a carer, or not."""
        return handlers.answer_invitation(self._authorizer(call), _invitations(call), call.message, self.settings)

    @serve(Consent.list_carers)
    def list_carers(self, call: RequestContext[ListCarers]) -> Carers:
        """With whom a record is shared."""
        return handlers.list_carers(self._authorizer(call), _invitations(call), call.message)

    @serve(Consent.end_carer)
    def end_carer(self, call: RequestContext[AboutCarer]) -> Done:
        """End a sharing."""
        handlers.end_carer(self._authorizer(call), _invitations(call), call.message)
        return Done()

    @serve(Consent.list_profiles)
    def list_profiles(self, call: RequestContext[ListProfiles]) -> Profiles:
        """For whom the caller may act."""
        return handlers.list_profiles(self._authorizer(call), _invitations(call))

    @serve(Consent.open_emergency)
    def open_emergency(self, call: RequestContext[OpenEmergency]) -> EmergencyOpened:
        """Break the glass."""
        return handlers.open_emergency(self._authorizer(call), call.message, self.settings)

    @serve(Consent.my_standing, reading=True)
    def my_standing(self, call: RequestContext[GetAuthorisationStatus]) -> AuthorisationStatusFound:
        """How the caller stands to a patient."""
        return handlers.authorisation_status(self._authorizer(call), call.message)

    @serve(Consent.list_my_patients, reading=True)
    def list_my_patients(self, call: RequestContext[ListMyPatients]) -> MyPatients:
        """Who lets the caller read."""
        return handlers.list_my_patients(self._authorizer(call), call.message)

    @serve(Consent.load_matrix)
    def load_matrix(self, call: RequestContext[LoadMatrix]) -> MatrixDiff:
        """Compare a new matrix, and load it."""
        return handlers.load_matrix(MatrixRepository(call.connection), call)

    @serve(Consent.list_matrices, reading=True)
    def list_matrices(self, call: RequestContext[ListMatrices]) -> Matrices:
        """Versions of the matrix."""
        return handlers.list_matrices(MatrixRepository(call.connection), call)

    @listen(RecordPurged)
    def forget_record(self, call: RequestContext[RecordPurged]) -> None:
        """Take off the shelves what was decided about a record that is no more."""
        handlers.forget_record(FactRepository(call.connection), call)

    @listen(AppListed)
    def list_in_catalogue(self, call: RequestContext[AppListed]) -> None:
        """An app may be let read."""
        handlers.list_in_catalogue(FactRepository(call.connection), call)

    @listen(AppSuspended)
    def strike_from_catalogue(self, call: RequestContext[AppSuspended]) -> None:
        """An app is shut out."""
        handlers.strike_from_catalogue(FactRepository(call.connection), call)

    @every(seconds=600)
    def sweep(self, call: RequestContext[None]) -> None:
        """Drop invitations nobody answered."""
        InvitationRepository(call.connection).forget_expired(call.now)

    @every(seconds=30)
    def look_for_new_matrices(self, call: RequestContext[None]) -> None:
        """A version loaded through another replica."""
        self.cache.refresh(MatrixRepository(call.connection))

    def _authorizer(self, call: RequestContext[Any]) -> Authorizer:
        if not self.cache.is_fresh:
            self.cache.refresh(MatrixRepository(call.connection))
        return Authorizer(FactRepository(call.connection), call, self.cache.in_force(call.now))
