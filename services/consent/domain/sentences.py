"""Facts as sentences for the patient, in French and English."""

from datetime import datetime

from contracts.consent import FactSentence
from services.consent.domain.facts import Fact, FactKind

_FR_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

_MODES = {
    "bris_de_glace": ("en bris de glace", "by break-glass"),
    "centre_15": ("par le centre 15", "by the emergency call centre"),
}

_TEMPLATES: dict[FactKind, tuple[str, str]] = {
    FactKind.AUTORISATION: (
        "Le professionnel {party} peut lire votre dossier{until}.",
        "Professional {party} may read your record{until}.",
    ),
    FactKind.EQUIPE_DE_SOINS: (
        "L'équipe de soins de la structure {party} peut lire votre dossier{until}.",
        "The care team of structure {party} may read your record{until}.",
    ),
    FactKind.MEDECIN_TRAITANT: (
        "Le professionnel {party} est votre médecin traitant : il voit aussi vos documents masqués.",
        "Professional {party} is your médecin traitant and also sees the documents you hide.",
    ),
    FactKind.BLOCAGE: (
        "Le professionnel {party} est bloqué : il ne lit rien, même en urgence.",
        "Professional {party} is blocked and reads nothing, not even in an emergency.",
    ),
    FactKind.OPPOSITION: (
        "Vous vous opposez à l'accès en urgence {mode}.",
        "You oppose emergency access {mode}.",
    ),
    FactKind.DEMASQUAGE: (
        "En urgence, vos documents masqués sont montrés.",
        "In an emergency the documents you hide are shown.",
    ),
    FactKind.BRIS_DE_GLACE: (
        "Le professionnel {party} a ouvert un accès en urgence{until}.",
        "Professional {party} opened an emergency access{until}.",
    ),
    FactKind.CENTRE_15: (
        "Le centre 15 a ouvert un accès en urgence{until} (professionnel {party}).",
        "The emergency call centre opened an emergency access{until} (professional {party}).",
    ),
    FactKind.REPRESENTANT_LEGAL: (
        "Un représentant légal agit pour vous{until}.",
        "A legal representative acts for you{until}.",
    ),
    FactKind.AIDANT: (
        "Un aidant lit les rubriques que vous avez partagées{until}.",
        "A carer reads the sections you shared{until}.",
    ),
    FactKind.APPLICATION: (
        "L'application {party} lit les rubriques que vous lui avez ouvertes{until}.",
        "The app {party} reads the sections you opened to it{until}.",
    ),
    FactKind.APPLICATION_REPRESENTANT: (
        "L'application {app} lit les rubriques qu'un représentant légal lui a ouvertes{until}.",
        "The app {app} reads the sections a legal representative opened to it{until}.",
    ),
    FactKind.REFERENCEMENT: (
        "L'application {party} est référencée.",
        "The app {party} is listed.",
    ),
}


def sentence_of(fact: Fact) -> FactSentence:
    """The end of an emergency access is given with its hour, other ends with their day (UTC)."""
    fr, en = _TEMPLATES[fact.kind]
    mode_fr, mode_en = _MODES.get(fact.party, ("", ""))
    app = fact.party.partition(" ")[0]
    has_hour = fact.kind in {FactKind.BRIS_DE_GLACE, FactKind.CENTRE_15}
    until_fr, until_en = _until(fact.until, has_hour=has_hour)
    return FactSentence(
        fr=fr.format(party=fact.party, app=app, until=until_fr, mode=mode_fr),
        en=en.format(party=fact.party, app=app, until=until_en, mode=mode_en),
    )


def _until(until: datetime | None, *, has_hour: bool) -> tuple[str, str]:
    if until is None:
        return "", ""
    day = "1er" if until.day == 1 else str(until.day)
    hour_fr = f" à {until:%H:%M} UTC" if has_hour else ""
    hour_en = f" {until:%H:%M} UTC" if has_hour else ""
    return (
        f" jusqu'au {day} {_FR_MONTHS[until.month - 1]} {until.year}{hour_fr}",
        f" until {until.day} {_EN_MONTHS[until.month - 1]} {until.year}{hour_en}",
    )
