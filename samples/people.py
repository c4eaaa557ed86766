"""Invented patients and professionals; their numbers have valid keys and are assigned to nobody."""

from datetime import date
from typing import Literal

import msgspec


class SamplePatient(msgspec.Struct, frozen=True, kw_only=True):
    """The patient of a sample document."""

    ins: str
    """15 characters: matricule and key."""
    ins_oid: str = "1.2.250.1.213.1.4.10"
    """The OID of test identities."""
    family_name: str
    given_names: str
    """Birth names, separated by spaces; the first is the one used."""
    birth_date: date
    sex: Literal["F", "M"]

    @property
    def first_name(self) -> str:
        return self.given_names.split()[0]


class SampleAuthor(msgspec.Struct, frozen=True, kw_only=True):
    """The author of a sample document, with their structure."""

    rpps: str
    """11 digits."""
    family_name: str
    given_name: str
    specialty: str
    """Profession and specialty (JDV_J01)."""
    specialty_label: str
    function: str | None = None
    """Functional role (JDV_J47)."""
    finess: str
    """9 characters."""
    structure_name: str
    facility_type: str
    """Kind of structure (JDV_J02)."""
    practice_setting: str
    """Setting of practice (JDV_J04)."""


CAMILLE = SamplePatient(
    ins="285079999900163",
    family_name="ESSAI-MARTIN",
    given_names="CAMILLE JEANNE",
    birth_date=date(1985, 7, 14),
    sex="F",
)

GERARD = SamplePatient(
    ins="152099999900215",
    family_name="ESSAI-DUBOIS",
    given_names="GERARD LUC",
    birth_date=date(1952, 9, 3),
    sex="M",
)

GENERAL_PRACTITIONER = SampleAuthor(
    rpps="10990000019",
    family_name="EXEMPLE",
    given_name="Agathe",
    specialty="G15_10/SM26",
    specialty_label="Médecin - Qualifié en Médecine Générale (SM)",
    function="PCP",
    finess="990000011",
    structure_name="Cabinet de la rue Inventée",
    facility_type="SA07",
    practice_setting="AMBULATOIRE",
)

BIOLOGIST = SampleAuthor(
    rpps="10990000027",
    family_name="MODELE",
    given_name="Bruno",
    specialty="G15_10/SM03",
    specialty_label="Médecin - Biologie médicale (SM)",
    finess="990000029",
    structure_name="Laboratoire des Tilleuls inventés",
    facility_type="SA25",
    practice_setting="AMBULATOIRE",
)

RADIOLOGIST = SampleAuthor(
    rpps="10990000035",
    family_name="SPECIMEN",
    given_name="Claire",
    specialty="G15_10/SM44",
    specialty_label="Médecin - Radio-diagnostic (SM)",
    finess="990000037",
    structure_name="Centre d'imagerie du Parc inventé",
    facility_type="SA08",
    practice_setting="AMBULATOIRE",
)

HOSPITAL_DOCTOR = SampleAuthor(
    rpps="10990000043",
    family_name="FACTICE",
    given_name="Damien",
    specialty="G15_10/SM04",
    specialty_label="Médecin - Cardiologie et maladies vasculaires (SM)",
    function="DISPHYS",
    finess="990000045",
    structure_name="Hôpital de la Ville inventée",
    facility_type="SA01",
    practice_setting="ETABLISSEMENT",
)
