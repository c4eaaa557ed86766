"""The door of the consent service."""

from chassis.door import Door, resource
from chassis.rpc import Call, serve
from chassis.settings import load
from contracts.consent import (
    AboutProfessional,
    Authorisation,
    Circle,
    Consent,
    Decide,
    Decision,
    DeclareAuthorisation,
    Done,
    EmergencyOpened,
    ListAuthorisations,
    MyStanding,
    OpenEmergency,
    SetOpposition,
    Standing,
)
from services.consent import actions
from services.consent.settings import ConsentSettings
from services.consent.store import ConsentStore


def _settings() -> ConsentSettings:
    return load(ConsentSettings)


class ConsentService(Door):
    """Who may read what of whom."""

    name = "consent"
    settings = resource(_settings)

    @serve(Consent.decide, reading=True)
    def decide(self, call: Call[Decide]) -> Decision:
        """Rule on one access."""
        return actions.decide(ConsentStore(call.connection), call)

    @serve(Consent.declare_authorisation)
    def declare_authorisation(self, call: Call[DeclareAuthorisation]) -> Authorisation:
        """File the consent a professional collected."""
        return actions.declare_authorisation(ConsentStore(call.connection), call, self.settings)

    @serve(Consent.end_authorisation)
    def end_authorisation(self, call: Call[AboutProfessional]) -> Done:
        """Take an authorisation back."""
        actions.end_authorisation(ConsentStore(call.connection), call)
        return Done()

    @serve(Consent.list_authorisations, reading=True)
    def list_authorisations(self, call: Call[ListAuthorisations]) -> Circle:
        """Show a patient's circle."""
        return actions.circle(ConsentStore(call.connection), call)

    @serve(Consent.name_medecin_traitant)
    def name_medecin_traitant(self, call: Call[AboutProfessional]) -> Done:
        """File a médecin traitant."""
        actions.name_medecin_traitant(ConsentStore(call.connection), call)
        return Done()

    @serve(Consent.block_professional)
    def block_professional(self, call: Call[AboutProfessional]) -> Done:
        """Shut a professional out."""
        actions.block(ConsentStore(call.connection), call)
        return Done()

    @serve(Consent.unblock_professional)
    def unblock_professional(self, call: Call[AboutProfessional]) -> Done:
        """Lift a block."""
        actions.unblock(ConsentStore(call.connection), call)
        return Done()

    @serve(Consent.set_opposition)
    def set_opposition(self, call: Call[SetOpposition]) -> Done:
        """Oppose an emergency mode, or no longer."""
        actions.set_opposition(ConsentStore(call.connection), call)
        return Done()

    @serve(Consent.open_emergency)
    def open_emergency(self, call: Call[OpenEmergency]) -> EmergencyOpened:
        """Break the glass."""
        return actions.open_emergency(ConsentStore(call.connection), call, self.settings)

    @serve(Consent.my_standing, reading=True)
    def my_standing(self, call: Call[MyStanding]) -> Standing:
        """How the caller stands to a patient."""
        return actions.standing(ConsentStore(call.connection), call)
