"""Who sends the requests of the scenario, and the tokens that say so."""

from dataclasses import dataclass, field, replace
from datetime import date
from secrets import token_urlsafe
from uuid import UUID, uuid4

from chassis.tokens import Signer, issuer_for, sign_actor
from client.people import DemoPeople
from contracts.envelope import Actor
from contracts.vocabulary import PLATFORM, PatientId, Role, SoftwareProfile
from contracts.wiring import SERVICES
from deploy.dev.keys import OPERATORS
from deploy.dev.people import FULL_SOFTWARE, PROFESSIONALS, Login, Patient
from deploy.dev.stack import Stack
from tests.journeys.entries.steps import NOBODY, PLATFORM_JOURNAL
from tests.support.people import Holder, new_minor, new_patient
from tests.support.staff import AGENT, COLLEAGUE, STRANGER

READING_ONLY = "specialist with reading software"
BOUND_APP = "app with a bound token"
OLD_SESSION = "holder in an old session"
AGENT_OF_ORGANISATION = "agent of an organisation"
AGENT_LOGGED_OUT = "agent whose session has ended"
_SECONDS = 900


def professional(name: str, profile: SoftwareProfile = SoftwareProfile.GESTION) -> Actor:
    """A demo professional at work with software of this profile."""
    person = next(person for person in PROFESSIONALS if person.name == name)
    return Actor(
        role=Role.PROFESSIONAL,
        subject=person.rpps,
        name=f"{person.given_names} {person.family_name}",
        profession=person.profession,
        structure=person.structure,
        software=FULL_SOFTWARE.number,
        profile=profile,
    )


STAFF: dict[str, Actor] = {
    **{person.name: professional(person.name) for person in PROFESSIONALS},
    READING_ONLY: professional("specialist", SoftwareProfile.CONSULTATION),
    "agent": Actor(role=Role.AGENT, subject=AGENT, name="Accueil CPAM"),
    "colleague": Actor(role=Role.AGENT, subject=COLLEAGUE, name="Accueil CPAM"),
    "agent elsewhere": Actor(role=Role.AGENT, subject=STRANGER, name="Clinique"),
    AGENT_LOGGED_OUT: Actor(role=Role.AGENT, subject=AGENT, name="Accueil CPAM", session=str(uuid4())),
    "operator": Actor(role=Role.OPERATOR, subject=OPERATORS[0]),
    "second operator": Actor(role=Role.OPERATOR, subject=OPERATORS[1]),
    BOUND_APP: Actor(role=Role.APP, subject="essai-lie", patient=str(uuid4()), bound_to="k" * 43),
    **{name: Actor(role=Role.SERVICE, subject=name) for name in SERVICES},
}
"""Those who exist before the scenario begins."""


@dataclass
class Callers:
    """The people of one scenario; their ids are known once the platform has seen their cards.

    `subjects`: by name, of those whom a request names that carries no token. `tokens`: of real logins, by name.
    """

    platform: Stack
    demo: DemoPeople
    people: dict[str, Holder] = field(init=False)
    ids: dict[str, PatientId] = field(default_factory=dict)
    subjects: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        holder = new_patient()
        self.people = {
            "holder": self._with_card(holder),
            # Of the same name and birthday, so that a search by traits finds two.
            "namesake": self._with_card(new_patient(), family_name=holder.family_name),
            "minor": self._with_card(new_minor()),
            "parent": self._with_card(new_patient()),
            "carer": self._with_card(new_patient(birth_date=date(1990, 3, 4))),
        }
        self.ids = {PLATFORM_JOURNAL: PLATFORM, "stranger": PatientId(uuid4())}

    def actor(self, who: str) -> Actor:
        """The actor that a request by `who` is expected to be journalled under."""
        if who in STAFF:
            return STAFF[who]
        return Actor(role=Role.PATIENT, subject=str(self.ids["holder" if who == OLD_SESSION else who]))

    def subject(self, who: str) -> str:
        """The number, id or login of `who`."""
        return self.subjects.get(who) or self.actor(who).subject

    def token(self, who: str) -> str:
        """The token of `who`: that of a login, or signed for the purpose."""
        if who == NOBODY:
            return ""
        return self.tokens.get(who) or self._signed(self.actor(who))

    def patient_id_of(self, who: str) -> PatientId | None:
        """The id of a patient, None for anybody else."""
        return None if who in STAFF or who in self.subjects or who == NOBODY else PatientId(UUID(self.subject(who)))

    def _signed(self, actor: Actor) -> str:
        signer = Signer.from_file(self.platform.addresses.keys.signing(issuer_for(actor)))
        return sign_actor(signer, actor, seconds=_SECONDS)

    def _with_card(self, patient: Patient, family_name: str = "") -> Holder:
        bearer = replace(patient, family_name=family_name or patient.family_name)
        login = Login(
            identifier=f"{bearer.name}@carnet",
            password=token_urlsafe(18),
            email=bearer.email,
            mobile=bearer.mobile,
        )
        return Holder(bearer, self.demo.card_for(bearer), "", login)
