"""Ids and enumerations shared by all services: patients, professionals, documents, modes of access."""

from enum import StrEnum
from typing import NewType
from uuid import UUID

import msgspec

PatientId = NewType("PatientId", UUID)
"""Random id of a person's record, never the INS; first column of every key, for partitioning."""

PLATFORM = PatientId(UUID(int=0))
"""Patient id of journal lines about no record, such as a professional's login."""

DocumentId = NewType("DocumentId", UUID)
"""The logicalId of a document: kept when metadata change, new on replacement."""

ContentId = NewType("ContentId", UUID)
"""Id of stored bytes in the documents service."""

Rpps = NewType("Rpps", str)
"""National number of a professional: 11 digits, Luhn key."""

Finess = NewType("Finess", str)
"""National number of a structure: 9 characters."""

OID_NIR = "1.2.250.1.213.1.4.8"
OID_NIA = "1.2.250.1.213.1.4.9"
OID_TEST = "1.2.250.1.213.1.4.10"
OID_DEMO = "1.2.250.1.213.1.4.11"


class Ins(msgspec.Struct, frozen=True):
    """National health identity: 15-character matricule (13 + 2-digit key) and the OID of its issuer."""

    matricule: str
    oid: str


class Coded(msgspec.Struct, frozen=True, omit_defaults=True):
    """A code, its code system (OID or URL), and its label."""

    code: str
    system: str | None = None
    display: str | None = None


class Role(StrEnum):
    """Who a token authenticates."""

    PATIENT = "patient"
    PROFESSIONAL = "professional"
    AGENT = "agent"
    FEEDER = "feeder"
    """Assurance Maladie sending reimbursement history: writes, never reads."""
    APP = "app"
    """A partner app acting for the patient its token names."""
    OPERATOR = "operator"
    SERVICE = "service"


class Profession(StrEnum):
    """Professions that rules refer to (TRE_G15); others are plain codes."""

    MEDECIN = "10"
    PHARMACIEN = "21"
    CHIRURGIEN_DENTISTE = "40"
    SAGE_FEMME = "50"
    INFIRMIER = "60"


class DepositorKind(StrEnum):
    """In what capacity somebody deposits documents."""

    PROFESSIONAL = "professional"
    PATIENT = "patient"
    REPRESENTATIVE = "representative"
    """A legal representative, in the patient's place."""
    FEEDER = "feeder"
    MESSAGING = "messaging"
    """A secure mail of a professional (MSSanté), filed in the record."""


class Depositor(msgspec.Struct, frozen=True):
    """Who deposits a document; `id`: RPPS, patient id or name of a client, by kind."""

    kind: DepositorKind
    id: str


class OpeningChannel(StrEnum):
    """By which way a record is opened."""

    PROFESSIONNEL = "professionnel"
    """By a professional with their software, in the patient's presence."""
    AGENT = "agent"
    """At the counter of an organisation, in the patient's presence."""


class SoftwareProfile(StrEnum):
    """What a homologated business software may do (DMP homologation profiles)."""

    ALIMENTATION = "alimentation"
    CONSULTATION = "consultation"
    GESTION = "gestion"


class AccessMode(StrEnum):
    """How a professional accesses a record (TRE_R248)."""

    NORMAL = "normal"
    BRIS_DE_GLACE = "bris_de_glace"
    CENTRE_15 = "centre_15"


class RecordStatus(StrEnum):
    """State of a record."""

    ACTIVE = "active"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    """Suspended by the operator on suspicion of fraud."""


class DocumentStatus(StrEnum):
    """State of a document."""

    CURRENT = "current"
    SUPERSEDED = "superseded"
    ARCHIVED = "archived"
    DELETED = "deleted"


class Visibility(StrEnum):
    """Confidentiality marks of a document, besides its confidentiality code."""

    MASQUE_PS = "MASQUE_PS"
    INVISIBLE_PATIENT = "INVISIBLE_PATIENT"
    INVISIBLE_REPRESENTANTS_LEGAUX = "INVISIBLE_REPRESENTANTS_LEGAUX"


class Section(StrEnum):
    """The nine sections of a record."""

    SYNTHESE = "synthese"
    TRAITEMENTS = "traitements"
    ANALYSES = "analyses"
    IMAGERIE = "imagerie"
    COMPTES_RENDUS = "comptes_rendus"
    PREVENTION = "prevention"
    CERTIFICATS = "certificats"
    REMBOURSEMENTS = "remboursements"
    ESPACE_PERSONNEL = "espace_personnel"


class Channel(StrEnum):
    """How a code or notice is sent."""

    SMS = "sms"
    EMAIL = "email"


class Act(StrEnum):
    """What a journal line says was done or refused."""

    OUVERTURE_DOSSIER = "ouverture_dossier"
    CONSULTATION_LISTE = "consultation_liste"
    CONSULTATION_DOCUMENT = "consultation_document"
    LECTURE_DONNEES = "lecture_donnees"
    """The coded data of all documents were read together."""
    DEPOT_DOCUMENT = "depot_document"
    MODIF_VISIBILITE = "modif_visibilite"
    AJOUT_AUTORISATION = "ajout_autorisation"
    FIN_AUTORISATION = "fin_autorisation"
    NOMMER_MEDECIN_TRAITANT = "nommer_medecin_traitant"
    BLOCAGE = "blocage"
    DEBLOCAGE = "deblocage"
    OPPOSITION_URGENCE = "opposition_urgence"
    OUVERTURE_URGENCE = "ouverture_urgence"
    LECTURE_JOURNAL = "lecture_journal"
    LECTURE_DROITS = "lecture_droits"
    LECTURE_NOTIFICATIONS = "lecture_notifications"
    ACTIVATION_COMPTE = "activation_compte"
    CONNEXION = "connexion"
    FIN_SESSION = "fin_session"
    VERROU_COMPTE = "verrou_compte"
    """An account was locked or unlocked."""
    MOYEN_CONNEXION = "moyen_connexion"
    """A login method of an account was changed."""
    AUTORISATION_APPLICATION = "autorisation_application"
    FIN_APPLICATION = "fin_application"
    INVITATION_AIDANT = "invitation_aidant"
    NOMMER_AIDANT = "nommer_aidant"
    """An invitation was accepted."""
    REFUS_AIDANT = "refus_aidant"
    FIN_AIDANT = "fin_aidant"
    LECTURE_APPLICATIONS = "lecture_applications"
    LECTURE_IDENTITE = "lecture_identite"
    REFERENCEMENT_APPLICATION = "referencement_application"
    """An app was registered, suspended or resumed."""
    SUSPENSION_LOGICIEL = "suspension_logiciel"
    """A business software was suspended or resumed."""
    SUSPENSION_PROFESSIONNEL = "suspension_professionnel"
    """The operator suspended a professional's access."""
    REPRISE_PROFESSIONNEL = "reprise_professionnel"
    QUOTA_LOGICIEL = "quota_logiciel"
    RECHERCHE_DOSSIER = "recherche_dossier"
    FERMETURE_DOSSIER = "fermeture_dossier"
    REOUVERTURE_DOSSIER = "reouverture_dossier"
    SUSPENSION_DOSSIER = "suspension_dossier"
    REPRISE_DOSSIER = "reprise_dossier"
    DEMANDE_SUPPRESSION = "demande_suppression"
    DESTRUCTION_DOSSIER = "destruction_dossier"
    DESTRUCTION_CONTENU = "destruction_contenu"
    PASSAGE_MAJORITE = "passage_majorite"
    SUPPRESSION_DOCUMENT = "suppression_document"
    ARCHIVAGE_DOCUMENT = "archivage_document"
    DESARCHIVAGE_DOCUMENT = "desarchivage_document"
    RANGEMENT = "rangement"
    """The holder's folders or pins were changed."""
    REMISE_VISIBILITE = "remise_visibilite"
    """A document withheld from the patient became visible; so do its journal lines."""
    REGLAGE_VISIBILITE = "reglage_visibilite"
    REGLAGE_DEMASQUAGE = "reglage_demasquage"
    RETRAIT_MEDECIN_TRAITANT = "retrait_medecin_traitant"
    NOMMER_REPRESENTANT = "nommer_representant"
    FIN_REPRESENTATION = "fin_representation"
    DEMANDE_REPRESENTANT = "demande_representant"
    """The naming of a representative was requested; it has no effect yet."""
    DEMANDE_FIN_REPRESENTATION = "demande_fin_representation"
    CONTESTATION_REPRESENTATION = "contestation_representation"
    """The holder or a representative contested such a request."""
    RETRAIT_REPRESENTATION = "retrait_representation"
    """Such a request was withdrawn, or lapsed because the record was not active."""
    CHARGEMENT_MATRICE = "chargement_matrice"
    RETRAIT_MATRICE = "retrait_matrice"
    """A loaded version of the matrix was withdrawn."""
    CHARGEMENT_PLAN = "chargement_plan"
    """A filing plan was loaded."""
    RECHERCHE_JOURNAL = "recherche_journal"
    CHANGEMENT_INS = "changement_ins"
    """A person was given another INS; the one before still finds them."""
    REUNION_IDENTITES = "reunion_identites"
    """Two identities were stated to be of one person."""
    SEPARATION_IDENTITES = "separation_identites"
    """Such a join was undone."""
    DECES = "deces"
    """A death was reported: the person's access, and everybody's to their record, ends."""
    ANNULATION_DECES = "annulation_deces"
    """A report of a death was wrong, and undone."""
    OPPOSITION_AYANTS_DROIT = "opposition_ayants_droit"
    OUVERTURE_AYANT_DROIT = "ouverture_ayant_droit"
    """Two agents opened sections of the record of the dead to an heir."""
    FIN_AYANT_DROIT = "fin_ayant_droit"
    EFFACEMENT_IDENTITE = "effacement_identite"
    SUPPRESSION_MESSAGE = "suppression_message"
    """A dead letter was dropped."""
    ROTATION_CLES = "rotation_cles"
    """The data keys of documents were wrapped under another master key."""
    RUPTURE_JOURNAL = "rupture_journal"
    """Published heads of the journal are not continued: a restored database has lost their lines."""


class Capacity(StrEnum):
    """In what capacity a person acts on a record."""

    SELF = "self"
    REPRESENTANT_LEGAL = "representant_legal"
    AIDANT = "aidant"
    AYANT_DROIT = "ayant_droit"
    """An heir of the holder, who died."""


class Outcome(StrEnum):
    """How an act ended."""

    ALLOWED = "allowed"
    REFUSED = "refused"
