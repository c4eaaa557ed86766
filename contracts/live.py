"""What gateways are told so that pages stay up to date: which records changed, never what changed in them."""

from collections.abc import Iterable

import msgspec

from contracts.audit import JournalEntry
from contracts.envelope import Event, PatientEvent
from contracts.vocabulary import PLATFORM, Act, Outcome, PatientId

CHANGING_ACTS = frozenset(
    {
        *(Act.DEPOT_DOCUMENT, Act.MODIF_VISIBILITE, Act.SUPPRESSION_DOCUMENT, Act.REMISE_VISIBILITE),
        *(Act.ARCHIVAGE_DOCUMENT, Act.DESARCHIVAGE_DOCUMENT),
        *(Act.AJOUT_AUTORISATION, Act.FIN_AUTORISATION, Act.NOMMER_MEDECIN_TRAITANT, Act.RETRAIT_MEDECIN_TRAITANT),
        *(Act.BLOCAGE, Act.DEBLOCAGE, Act.OPPOSITION_URGENCE, Act.OUVERTURE_URGENCE, Act.REGLAGE_DEMASQUAGE),
        *(Act.NOMMER_AIDANT, Act.FIN_AIDANT, Act.NOMMER_REPRESENTANT, Act.FIN_REPRESENTATION),
        *(Act.OPPOSITION_AYANTS_DROIT, Act.OUVERTURE_AYANT_DROIT, Act.FIN_AYANT_DROIT, Act.PASSAGE_MAJORITE),
        *(Act.FERMETURE_DOSSIER, Act.REOUVERTURE_DOSSIER, Act.SUSPENSION_DOSSIER, Act.REPRISE_DOSSIER),
        *(Act.DEMANDE_SUPPRESSION, Act.DESTRUCTION_DOSSIER),
    }
)
"""Acts after which somebody may see something else of a record, or nothing any more."""

OTHER_ACTS = frozenset(
    {
        # Nothing changes: readings, searches, logins, invitations and requests that have no effect yet.
        *(Act.CONSULTATION_LISTE, Act.CONSULTATION_DOCUMENT, Act.LECTURE_DONNEES, Act.LECTURE_JOURNAL),
        *(Act.LECTURE_DROITS, Act.LECTURE_NOTIFICATIONS, Act.LECTURE_APPLICATIONS, Act.LECTURE_IDENTITE),
        *(Act.RECHERCHE_DOSSIER, Act.RECHERCHE_JOURNAL, Act.CONNEXION, Act.INVITATION_AIDANT, Act.REFUS_AIDANT),
        *(Act.DEMANDE_REPRESENTANT, Act.DEMANDE_FIN_REPRESENTATION, Act.CONTESTATION_REPRESENTATION),
        Act.RETRAIT_REPRESENTATION,
        # Nothing that pages with live updates show: the record's opening, accounts, apps, the holder's arrangement,
        # the default for documents to come, keys and contents that nobody could read any more.
        *(Act.OUVERTURE_DOSSIER, Act.ACTIVATION_COMPTE, Act.MOYEN_CONNEXION, Act.AUTORISATION_APPLICATION),
        *(Act.FIN_APPLICATION, Act.RANGEMENT, Act.REGLAGE_VISIBILITE, Act.DESTRUCTION_CONTENU, Act.ROTATION_CLES),
        *(Act.EFFACEMENT_IDENTITE, Act.SUPPRESSION_MESSAGE, Act.CHANGEMENT_INS, Act.RUPTURE_JOURNAL),
        # The reader's session ends, and with it what keeps their pages up to date.
        *(Act.FIN_SESSION, Act.VERROU_COMPTE, Act.SUSPENSION_PROFESSIONNEL, Act.SUSPENSION_LOGICIEL),
        *(Act.REPRISE_PROFESSIONNEL, Act.QUOTA_LOGICIEL, Act.REFERENCEMENT_APPLICATION),
        # Of no record: what changes by them is seen at the next reading.
        *(Act.CHARGEMENT_MATRICE, Act.RETRAIT_MATRICE, Act.CHARGEMENT_PLAN),
        # Identity's; records and consent tell it once they have handled the event that follows.
        *(Act.DECES, Act.ANNULATION_DECES, Act.REUNION_IDENTITES, Act.SEPARATION_IDENTITES),
    }
)
"""All others, by the reason why nobody is told."""


class RecordChanges(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message to every gateway process.

    `changed`: records of which somebody may see something else. `journals`: records whose journal has new lines.
    """

    changed: frozenset[PatientId] = frozenset()
    journals: frozenset[PatientId] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.changed or self.journals)

    def __or__(self, other: "RecordChanges") -> "RecordChanges":
        return RecordChanges(changed=self.changed | other.changed, journals=self.journals | other.journals)


def changes_by(committed: Iterable[Event], handled: Iterable[Event]) -> RecordChanges:
    """What a unit of a service that tells changes has changed.

    Args:
        committed: events that it sends; its entries in the journal say what it did.
        handled: events of other services that it acted upon, some without an entry of its own.
    """
    events = tuple(handled)
    changed = {event.patient_id for event in committed if isinstance(event, JournalEntry) and _is_change(event)}
    changed |= {event.patient_id for event in events if isinstance(event, PatientEvent)}
    journals = {event.patient_id for event in events if isinstance(event, JournalEntry)}
    return RecordChanges(changed=frozenset(changed - {PLATFORM}), journals=frozenset(journals - {PLATFORM}))


def _is_change(entry: JournalEntry) -> bool:
    return entry.outcome is Outcome.ALLOWED and entry.act in CHANGING_ACTS
