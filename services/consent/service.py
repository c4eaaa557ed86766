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
from services.consent import actions
from services.consent.actions.desk import Desk
from services.consent.matrix_shelf import MatrixShelf
from services.consent.settings import ConsentSettings
from services.consent.store import ConsentStore, InvitationStore, MatrixStore


def _invitations(call: RequestContext[Any]) -> InvitationStore:
    return InvitationStore(call.connection)


def _settings() -> ConsentSettings:
    return load(ConsentSettings)


class ConsentService(Service):
    """Who may read what of whom."""

    name = "consent"
    settings = per_process(_settings)
    shelf = per_process(MatrixShelf)

    @serve(Consent.decide, reading=True)
    def decide(self, call: RequestContext[Decide]) -> Decision:
        """Rule on one access."""
        return actions.decide(self._desk(call), call.message, self.settings)

    @serve(Consent.declare_authorisation)
    def declare_authorisation(self, call: RequestContext[DeclareAuthorisation]) -> Authorisation:
        """File the consent a professional collected."""
        return actions.declare_authorisation(self._desk(call), call.message, self.settings)

    @serve(Consent.give_authorisation)
    def give_authorisation(self, call: RequestContext[GiveAuthorisation]) -> Authorisation:
        """File the consent a patient gives from afar."""
        return actions.give_authorisation(self._desk(call), call.message, self.settings)

    @serve(Consent.end_authorisation)
    def end_authorisation(self, call: RequestContext[AboutProfessional]) -> Done:
        """Take an authorisation back."""
        actions.end_authorisation(self._desk(call), call.message)
        return Done()

    @serve(Consent.give_team_authorisation)
    def give_team_authorisation(self, call: RequestContext[GiveTeamAuthorisation]) -> TeamAuthorisation:
        """File the consent given to a care team."""
        return actions.give_team_authorisation(self._desk(call), call.message, self.settings)

    @serve(Consent.end_team_authorisation)
    def end_team_authorisation(self, call: RequestContext[AboutTeam]) -> Done:
        """Take a care team's authorisation back."""
        actions.end_team_authorisation(self._desk(call), call.message)
        return Done()

    @serve(Consent.list_authorisations, reading=True)
    def list_authorisations(self, call: RequestContext[ListAuthorisations]) -> Circle:
        """Show a patient's circle."""
        return actions.circle(self._desk(call), call.message)

    @serve(Consent.name_medecin_traitant)
    def name_medecin_traitant(self, call: RequestContext[AboutProfessional]) -> Done:
        """File a médecin traitant."""
        actions.name_medecin_traitant(self._desk(call), call.message)
        return Done()

    @serve(Consent.dismiss_medecin_traitant)
    def dismiss_medecin_traitant(self, call: RequestContext[AboutProfessional]) -> Done:
        """Take a médecin traitant off."""
        actions.dismiss_medecin_traitant(self._desk(call), call.message)
        return Done()

    @serve(Consent.block_professional)
    def block_professional(self, call: RequestContext[AboutProfessional]) -> Done:
        """Shut a professional out."""
        actions.block(self._desk(call), call.message)
        return Done()

    @serve(Consent.unblock_professional)
    def unblock_professional(self, call: RequestContext[AboutProfessional]) -> Done:
        """Lift a block."""
        actions.unblock(self._desk(call), call.message)
        return Done()

    @serve(Consent.set_opposition)
    def set_opposition(self, call: RequestContext[SetOpposition]) -> Done:
        """Oppose an emergency mode, or no longer."""
        actions.set_opposition(self._desk(call), call.message)
        return Done()

    @serve(Consent.set_unmasking)
    def set_unmasking(self, call: RequestContext[SetUnmasking]) -> Done:
        """Let emergencies show what is masked, or no longer."""
        actions.set_unmasking(self._desk(call), call.message)
        return Done()

    @serve(Consent.name_representative)
    def name_representative(self, call: RequestContext[NameRepresentative]) -> Representation:
        """File a legal representative."""
        return actions.name_representative(self._desk(call), call.message, self.settings)

    @serve(Consent.end_representation)
    def end_representation(self, call: RequestContext[AboutRepresentative]) -> Done:
        """End a representation."""
        actions.end_representation(self._desk(call), call.message)
        return Done()

    @serve(Consent.grant_app)
    def grant_app(self, call: RequestContext[GrantApp]) -> Done:
        """Let an app read."""
        actions.grant_app(self._desk(call), call.message)
        return Done()

    @serve(Consent.revoke_app)
    def revoke_app(self, call: RequestContext[AboutApp]) -> Done:
        """Take that back."""
        actions.revoke_app(self._desk(call), call.message)
        return Done()

    @serve(Consent.list_apps)
    def list_apps(self, call: RequestContext[ListApps]) -> GrantedApps:
        """Which apps may read."""
        return actions.list_apps(self._desk(call), call.message)

    @serve(Consent.invite_carer)
    def invite_carer(self, call: RequestContext[InviteCarer]) -> Invitation:
        """Share with somebody."""
        return actions.invite_carer(self._desk(call), _invitations(call), call.message, self.settings)

    @serve(Consent.keep_representative)
    def keep_representative(self, call: RequestContext[KeepRepresentative]) -> Carers:
        """Let who represented the holder go on."""
        return actions.keep_representative(self._desk(call), _invitations(call), call.message, self.settings)

    @serve(Consent.withdraw_invitation)
    def withdraw_invitation(self, call: RequestContext[AboutInvitation]) -> Done:
        """Take an invitation back."""
        actions.withdraw_invitation(self._desk(call), _invitations(call), call.message)
        return Done()

    @serve(Consent.answer_invitation)
    def answer_invitation(self, call: RequestContext[AnswerInvitation]) -> Profiles:
        """Become a carer, or not."""
        return actions.answer_invitation(self._desk(call), _invitations(call), call.message, self.settings)

    @serve(Consent.list_carers)
    def list_carers(self, call: RequestContext[ListCarers]) -> Carers:
        """With whom a record is shared."""
        return actions.list_carers(self._desk(call), _invitations(call), call.message)

    @serve(Consent.end_carer)
    def end_carer(self, call: RequestContext[AboutCarer]) -> Done:
        """End a sharing."""
        actions.end_carer(self._desk(call), _invitations(call), call.message)
        return Done()

    @serve(Consent.list_profiles)
    def list_profiles(self, call: RequestContext[ListProfiles]) -> Profiles:
        """For whom the caller may act."""
        return actions.list_profiles(self._desk(call), _invitations(call))

    @serve(Consent.open_emergency)
    def open_emergency(self, call: RequestContext[OpenEmergency]) -> EmergencyOpened:
        """Break the glass."""
        return actions.open_emergency(self._desk(call), call.message, self.settings)

    @serve(Consent.my_standing, reading=True)
    def my_standing(self, call: RequestContext[GetAuthorisationStatus]) -> AuthorisationStatusFound:
        """How the caller stands to a patient."""
        return actions.standing(self._desk(call), call.message)

    @serve(Consent.list_my_patients, reading=True)
    def list_my_patients(self, call: RequestContext[ListMyPatients]) -> MyPatients:
        """Who lets the caller read."""
        return actions.list_my_patients(self._desk(call), call.message)

    @serve(Consent.load_matrix)
    def load_matrix(self, call: RequestContext[LoadMatrix]) -> MatrixDiff:
        """Compare a new matrix, and load it."""
        return actions.load_matrix(MatrixStore(call.connection), call)

    @serve(Consent.list_matrices, reading=True)
    def list_matrices(self, call: RequestContext[ListMatrices]) -> Matrices:
        """Versions of the matrix."""
        return actions.list_matrices(MatrixStore(call.connection), call)

    @listen(RecordPurged)
    def forget_record(self, call: RequestContext[RecordPurged]) -> None:
        """Take off the shelves what was decided about a record that is no more."""
        actions.forget_record(ConsentStore(call.connection), call)

    @listen(AppListed)
    def list_in_catalogue(self, call: RequestContext[AppListed]) -> None:
        """An app may be let read."""
        actions.list_in_catalogue(ConsentStore(call.connection), call)

    @listen(AppSuspended)
    def strike_from_catalogue(self, call: RequestContext[AppSuspended]) -> None:
        """An app is shut out."""
        actions.strike_from_catalogue(ConsentStore(call.connection), call)

    @every(seconds=600)
    def sweep(self, call: RequestContext[None]) -> None:
        """Drop invitations nobody answered."""
        InvitationStore(call.connection).forget_expired(call.now)

    @every(seconds=30)
    def look_for_new_matrices(self, call: RequestContext[None]) -> None:
        """A version loaded through another replica."""
        self.shelf.refresh(MatrixStore(call.connection))

    def _desk(self, call: RequestContext[Any]) -> Desk:
        if not self.shelf.is_fresh:
            self.shelf.refresh(MatrixStore(call.connection))
        return Desk(ConsentStore(call.connection), call, self.shelf.in_force(call.now))
