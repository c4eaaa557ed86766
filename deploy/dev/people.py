"""Invented people of the development stack: professionals, patients, logins, structures, software."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

import msgspec

from contracts.vocabulary import OID_TEST, Finess, Ins, Profession, Rpps, SoftwareProfile
from deploy.dev.paths import write_private


@dataclass(frozen=True)
class Structure:
    """A place of practice."""

    finess: Finess
    name: str


@dataclass(frozen=True)
class DemoSoftware:
    """Homologated business software."""

    number: str
    name: str
    profile: SoftwareProfile


@dataclass(frozen=True)
class Professional:
    """A professional with one place of practice; `name`: name of the card."""

    name: str
    rpps: Rpps
    title: str
    family_name: str
    given_names: str
    profession: str
    structure: Finess
    email: str
    mobile: str


@dataclass(frozen=True)
class Patient:
    """A patient and their account's addresses; `name`: name of the card and of the login."""

    name: str
    ins: Ins
    family_name: str
    given_names: str
    birth_date: date
    sex: str
    email: str
    mobile: str


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """Login of a demo patient's account."""

    identifier: str
    password: str
    email: str
    mobile: str


PHARMACY = Structure(Finess("990000010"), "Pharmacie des Tilleuls")
HEALTH_CENTRE = Structure(Finess("990000028"), "Maison de santé du Canal")
PRACTICE = Structure(Finess("990000036"), "Cabinet médical de la Halle")
HOSPITAL = Structure(Finess("990000044"), "Centre hospitalier de Valbrune")
SAMU = Structure(Finess("990000051"), "SAMU, centre 15 de Valbrune")
STRUCTURES = (PHARMACY, HEALTH_CENTRE, PRACTICE, HOSPITAL, SAMU)

FULL_SOFTWARE = DemoSoftware("HOM-TEST-0001", "Logiciel de cabinet", SoftwareProfile.GESTION)
FEEDING_SOFTWARE = DemoSoftware("HOM-TEST-0002", "Automate de dépôt", SoftwareProfile.ALIMENTATION)
PORTAL_SOFTWARE = DemoSoftware("HOM-TEST-0003", "Carnet, site des professionnels", SoftwareProfile.GESTION)
SOFTWARE = (FULL_SOFTWARE, FEEDING_SOFTWARE, PORTAL_SOFTWARE)

RETIRED_PROFESSION = "36"
"""A code that TRE_G15 no longer assigns."""

PROFESSIONALS = (
    Professional(
        "pharmacist",
        Rpps("89990000013"),
        "",
        "VERNIER",
        "Camille",
        Profession.PHARMACIEN,
        PHARMACY.finess,
        "camille.vernier@pharmacie.example",
        "+33639980001",
    ),
    Professional(
        "gp",
        Rpps("89990000021"),
        "Dr",
        "AUBRAC",
        "Hélène",
        Profession.MEDECIN,
        HEALTH_CENTRE.finess,
        "helene.aubrac@canal.example",
        "+33639980002",
    ),
    Professional(
        "specialist",
        Rpps("89990000039"),
        "Dr",
        "SORGUE",
        "Malik",
        Profession.MEDECIN,
        PRACTICE.finess,
        "malik.sorgue@halle.example",
        "+33639980003",
    ),
    Professional(
        "emergency",
        Rpps("89990000047"),
        "Dr",
        "KERVADEC",
        "Yann",
        Profession.MEDECIN,
        HOSPITAL.finess,
        "yann.kervadec@valbrune.example",
        "+33639980004",
    ),
    Professional(
        "hospital",
        Rpps("89990000070"),
        "Dr",
        "NOVELLE",
        "Claire",
        Profession.MEDECIN,
        HOSPITAL.finess,
        "claire.novelle@valbrune.example",
        "+33639980007",
    ),
    Professional(
        "regulator",
        Rpps("89990000096"),
        "Dr",
        "TREVARN",
        "Jeanne",
        Profession.MEDECIN,
        SAMU.finess,
        "jeanne.trevarn@samu.example",
        "+33639980008",
    ),
    Professional(
        "nurse",
        Rpps("89990000054"),
        "",
        "LANDRIN",
        "Inès",
        Profession.INFIRMIER,
        HEALTH_CENTRE.finess,
        "ines.landrin@canal.example",
        "+33639980005",
    ),
    Professional(
        "retired",
        Rpps("89990000062"),
        "",
        "MONTREL",
        "Paul",
        RETIRED_PROFESSION,
        HEALTH_CENTRE.finess,
        "paul.montrel@canal.example",
        "+33639980006",
    ),
)

PATIENTS = (
    Patient(
        "patient",
        Ins("285077599900132", OID_TEST),
        "LORMELLE",
        "ADELE JEANNE",
        date(1985, 7, 14),
        "F",
        "adele.lormelle@courrier.example",
        "+33639980011",
    ),
    Patient(
        "neighbour",
        Ins("162047599900293", OID_TEST),
        "BASTIDON",
        "ROGER",
        date(1962, 4, 2),
        "M",
        "roger.bastidon@courrier.example",
        "+33639980012",
    ),
    Patient(
        "wrong_key",
        Ins("291103399900300", OID_TEST),
        "TESSAN",
        "MARINE",
        date(1991, 10, 23),
        "F",
        "marine.tessan@courrier.example",
        "+33639980013",
    ),
)


def as_directory() -> bytes:
    """JSON file with professionals, structures and software, for import by identity."""
    professionals = []
    for professional in PROFESSIONALS:
        description = asdict(professional)
        description["structures"] = [description.pop("structure")]
        del description["name"]
        professionals.append(description)
    content = {
        "structures": [asdict(structure) for structure in STRUCTURES],
        "professionals": professionals,
        "software": [asdict(software) for software in SOFTWARE],
    }
    return json.dumps(content, indent=2, ensure_ascii=False).encode()


def load_logins(directory: Path) -> dict[str, Login]:
    """Login of each demo patient's account by card name; `directory`: of the cards."""
    return msgspec.json.decode(_logins_file(directory).read_bytes(), type=dict[str, Login])


def prepare_logins(directory: Path) -> None:
    """Create a random password for each patient without one."""
    known = load_logins(directory) if _logins_file(directory).exists() else {}
    logins = {
        patient.name: Login(
            identifier=f"{patient.name}@carnet",
            password=known[patient.name].password if patient.name in known else secrets.token_urlsafe(18),
            email=patient.email,
            mobile=patient.mobile,
        )
        for patient in PATIENTS
    }
    write_private(_logins_file(directory), msgspec.json.format(msgspec.json.encode(logins)))


def _logins_file(directory: Path) -> Path:
    return directory / "logins.json"
