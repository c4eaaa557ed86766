"""Invented extracts of the Annuaire Santé: single lines for tests, a national extract for benchmarks."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path

from stdnum import luhn

_ACTIVITY = (
    "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Code civilité d'exercice|"
    "Libellé civilité d'exercice|Code civilité|Libellé civilité|Nom d'exercice|Prénom d'exercice|Code profession|"
    "Libellé profession|Code catégorie professionnelle|Libellé catégorie professionnelle|Code type savoir-faire|"
    "Libellé type savoir-faire|Code savoir-faire|Libellé savoir-faire|Code mode exercice|Libellé mode exercice|"
    "Numéro SIRET site|Numéro SIREN site|Numéro FINESS site|Numéro FINESS établissement juridique|"
    "Identifiant technique de la structure|Raison sociale site|Enseigne commerciale site|"
    "Complément destinataire (coord. structure)|Complément point géographique (coord. structure)|"
    "Numéro Voie (coord. structure)|Indice répétition voie (coord. structure)|"
    "Code type de voie (coord. structure)|Libellé type de voie (coord. structure)|Libellé Voie (coord. structure)|"
    "Mention distribution (coord. structure)|Bureau cedex (coord. structure)|Code postal (coord. structure)|"
    "Code commune (coord. structure)|Libellé commune (coord. structure)|Code pays (coord. structure)|"
    "Libellé pays (coord. structure)|Téléphone (coord. structure)|Téléphone 2 (coord. structure)|"
    "Télécopie (coord. structure)|Adresse e-mail (coord. structure)|Code Département (structure)|"
    "Libellé Département (structure)|Ancien identifiant de la structure|Autorité d'enregistrement|"
    "Code secteur d'activité|Libellé secteur d'activité|Code section tableau pharmaciens|"
    "Libellé section tableau pharmaciens|Code rôle|Libellé rôle|Code genre activité|Libellé genre activité"
)
_SKILL = (
    "Type d'identifiant PP|Identifiant PP|Identification nationale PP|Nom d'exercice|Prénom d'exercice|"
    "Code profession|Libellé profession|Code catégorie professionnelle|Libellé catégorie professionnelle|"
    "Code type savoir-faire|Libellé type savoir-faire|Code savoir-faire|Libellé savoir-faire"
)
ACTIVITY_COLUMNS, SKILL_COLUMNS = _ACTIVITY.split("|"), _SKILL.split("|")

_USUAL = {
    "Type d'identifiant PP": "8",
    "Code civilité d'exercice": "DR",
    "Nom d'exercice": "ESSAI",
    "Prénom d'exercice": "Agathe",
    "Code profession": "10",
    "Libellé profession": "Médecin",
    "Code catégorie professionnelle": "C",
    "Libellé catégorie professionnelle": "Civil",
    "Code type savoir-faire": "S",
    "Libellé type savoir-faire": "Spécialité ordinale",
    "Code savoir-faire": "SM26",
    "Code mode exercice": "L",
    "Raison sociale site": "CABINET INVENTE",
    "Libellé Voie (coord. structure)": "DES TILLEULS INVENTES",
    "Code postal (coord. structure)": "99000",
    "Libellé commune (coord. structure)": "Valbrune",
    "Code secteur d'activité": "SA07",
    "Libellé secteur d'activité": "Cabinet individuel",
}
_SURNAMES = ("ESSAI", "EXEMPLE", "MODELE", "SPECIMEN", "FACTICE", "INVENTE", "NOVELLE", "LORMELLE")
_GIVEN = ("Agathe", "Bruno", "Claire", "Damien", "Élise", "François", "Inès", "Malik")
_PROFESSIONS = ("60",) * 5 + ("10",) * 3 + ("70", "21", "40", "50", "91", "80")


def rpps_of(number: int) -> str:
    """An invented RPPS number: eleven digits with a valid key, unique for numbers below 10**8."""
    body = f"89{number:08d}"
    return body + str(luhn.calc_check_digit(body))


def line(values: dict[str, str], columns: Iterable[str] = ACTIVITY_COLUMNS) -> str:
    """One line: a doctor with a practice, changed by `values` (column name -> value)."""
    row = _USUAL | values
    return "|".join(row.get(name, "") for name in columns) + "|"


def extract(lines: Iterable[str], columns: Iterable[str] = ACTIVITY_COLUMNS) -> bytes:
    """Content of a file."""
    return "".join(f"{text}\n" for text in ("|".join(columns) + "|", *lines)).encode()


def national_lines(count: int, seed: int = 1) -> Iterator[str]:
    """`count` activities of invented people, four for three people; two of five places have a FINESS."""
    rng = random.Random(seed)  # noqa: S311 - samples, not secrets
    for number in range(count):
        person = number * 3 // 4
        place = rng.randrange(max(1, count // 8))
        yield line(
            {
                "Identifiant PP": rpps_of(person),
                "Nom d'exercice": f"{_SURNAMES[person % 8]}-{person}",
                "Prénom d'exercice": _GIVEN[person % 7],
                "Code profession": _PROFESSIONS[person % len(_PROFESSIONS)],
                "Code civilité d'exercice": "DR" if person % 3 else "",
                "Code savoir-faire": f"SM{person % 50:02d}",
                "Numéro FINESS site": f"98{place:07d}" if place % 5 < 2 else "",
                "Raison sociale site": f"STRUCTURE INVENTEE {place}",
            }
        )


def write_national_extract(path: Path, count: int, seed: int = 1) -> None:
    """Write `national_lines` to a file, line by line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("|".join(ACTIVITY_COLUMNS) + "|\n")
        file.writelines(f"{text}\n" for text in national_lines(count, seed))
