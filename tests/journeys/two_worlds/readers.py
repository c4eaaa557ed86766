"""Readers, what is hidden from each of them, and how they come to read."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from contracts.consent.api import Consent
from contracts.consent.apps import GrantApp
from contracts.vocabulary import PatientId, Role, Section, Visibility
from deploy.dev.people import HEALTH_CENTRE
from tests.journeys.two_worlds.worlds import FIRST_DAY, SHARED, ActStep, World
from tests.support.broker import call
from tests.support.staff import app_client


class Hidden(StrEnum):
    """Why a document is hidden from a reader."""

    SECRET = "hidden from representatives"
    WITHHELD = "hidden from the patient until its date"
    MASKED = "hidden from professionals"
    DENIED_TYPE = "of a type that the profession may not read"
    UNSHARED_SECTION = "in a section that is not shared"
    NOT_OWN = "deposited by others, and the reader has no authorisation"


MARKS: dict[Hidden, tuple[Visibility, ...]] = {
    Hidden.SECRET: (Visibility.INVISIBLE_REPRESENTANTS_LEGAUX,),
    Hidden.WITHHELD: (Visibility.INVISIBLE_PATIENT,),
    Hidden.MASKED: (Visibility.MASQUE_PS,),
}
"""The marks of what is hidden by a mark."""


@dataclass
class Paper:
    """A document of a pair; `hidden`: why it is in the first world only.

    `current`: no hidden act has ended it. `replaceable`: nor an open one, and hospital deposited it.
    `stands_for`: the shown document that a hidden one replaces, directly or by others, if it replaces one.
    `marked`: an open act has marked it, or that document. `arranged`: the hidden one was put into folders.
    """

    place: int
    hidden: Hidden | None = None
    current: bool = True
    replaceable: bool = True
    stands_for: int = -1
    marked: bool = False
    arranged: bool = False

    def __str__(self) -> str:
        return f"document {self.place}" + (f" (hidden: {self.hidden.name})" if self.hidden else "")


@dataclass(frozen=True)
class Reader:
    """Somebody from whom some kinds are hidden; `admit` lets them read a world's record.

    `mode`: of their accesses. `secret`: they ask in a minor's secret connection too.
    """

    name: str
    who: str
    role: Role
    hidden: tuple[Hidden, ...]
    admit: Callable[[World], None]
    mode: str = ""

    def __str__(self) -> str:
        return self.name


def _by_own_deposit(world: World) -> None:
    world.deposit(ActStep(0, 0, 9_999, FIRST_DAY), "prescription", by="pharmacist")


def _nothing(_world: World) -> None:
    """They may read as they are."""


def _by_authorisation(rpps_of: str) -> Callable[[World], None]:
    def admit(world: World) -> None:
        world.clients["holder"].authorise(world.record, world.people.demo.professional(rpps_of).rpps)

    return admit


def _by_care_team(world: World) -> None:
    world.clients["holder"].authorise_team(world.record, HEALTH_CENTRE.finess)


def _by_emergency(world: World) -> None:
    world.clients["emergency"].break_glass(world.record, "Patient inconscient, traitement inconnu")


def accept_carer(world: World) -> None:
    """The holder invites the carer, who accepts."""
    invitation = world.clients["holder"].invite_carer(world.record, SHARED, "Tante", "Nièce")
    world.clients["carer"].answer_invitation(str(invitation.code), accepted=True)


def grant_app(world: World, giver: str = "holder") -> None:
    """The holder, or the representative, grants the app the shared sections."""
    message = GrantApp(
        patient_id=PatientId(world.holder_id), app=world.people.app, sections=tuple(map(Section, SHARED))
    )
    call(world.people.platform.addresses.amqp_url, Consent.grant_app, message, world.clients[giver].token)


def _by_grant(giver: str) -> Callable[[World], None]:
    def admit(world: World) -> None:
        grant_app(world, giver)
        world.app_by_representative = giver == "representative"
        by = "" if giver == "holder" else world.representative.record
        platform, app = world.people.platform, world.people.app
        world.clients["app"] = app_client(platform, app, world.record, representative=by)

    return admit


READERS = (
    Reader(
        "representative",
        "representative",
        Role.PATIENT,
        (Hidden.SECRET, Hidden.WITHHELD),
        _nothing,
    ),
    Reader("holder", "holder", Role.PATIENT, (Hidden.WITHHELD,), _nothing),
    Reader("authorised doctor", "specialist", Role.PROFESSIONAL, (Hidden.MASKED,), _by_authorisation("specialist")),
    Reader(
        "doctor in an emergency", "emergency", Role.PROFESSIONAL, (Hidden.MASKED,), _by_emergency, "bris_de_glace"
    ),
    Reader("nurse of a care team", "nurse", Role.PROFESSIONAL, (Hidden.MASKED, Hidden.DENIED_TYPE), _by_care_team),
    Reader("author without authorisation", "pharmacist", Role.PROFESSIONAL, (Hidden.NOT_OWN,), _by_own_deposit),
    Reader(
        "carer",
        "carer",
        Role.PATIENT,
        (Hidden.SECRET, Hidden.WITHHELD, Hidden.UNSHARED_SECTION),
        accept_carer,
    ),
    Reader(
        "app of the holder",
        "app",
        Role.APP,
        (Hidden.WITHHELD, Hidden.UNSHARED_SECTION),
        _by_grant("holder"),
    ),
    Reader(
        "app of a representative",
        "app",
        Role.APP,
        (Hidden.SECRET, Hidden.WITHHELD, Hidden.UNSHARED_SECTION),
        _by_grant("representative"),
    ),
)
