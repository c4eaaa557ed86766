"""The text of each act in a sentence to the holder of the record, in French and English."""

from typing import NamedTuple

from contracts.vocabulary import Act


class ActText(NamedTuple):
    """French participle after « a » and noun after « s'est vu refuser »; English past tense and infinitive."""

    fr_done: str
    fr_noun: str
    en_done: str
    en_verb: str


_RECORD: dict[Act, ActText] = {
    Act.OUVERTURE_DOSSIER: ActText(
        "ouvert votre dossier", "l'ouverture de votre dossier", "opened your record", "open your record"
    ),
    Act.RECHERCHE_DOSSIER: ActText(
        "recherché votre dossier", "la recherche de votre dossier", "looked for your record", "look for your record"
    ),
    Act.FERMETURE_DOSSIER: ActText(
        "fermé votre dossier", "la fermeture de votre dossier", "closed your record", "close your record"
    ),
    Act.REOUVERTURE_DOSSIER: ActText(
        "rouvert votre dossier", "la réouverture de votre dossier", "reopened your record", "reopen your record"
    ),
    Act.SUSPENSION_DOSSIER: ActText(
        "suspendu votre dossier", "la suspension de votre dossier", "suspended your record", "suspend your record"
    ),
    Act.REPRISE_DOSSIER: ActText(
        "remis votre dossier en service",
        "la remise en service de votre dossier",
        "put your record back in service",
        "put your record back in service",
    ),
    Act.DEMANDE_SUPPRESSION: ActText(
        "demandé la destruction de votre dossier",
        "la demande de destruction de votre dossier",
        "asked for the destruction of your record",
        "ask for the destruction of your record",
    ),
    Act.DESTRUCTION_DOSSIER: ActText(
        "détruit votre dossier", "la destruction de votre dossier", "destroyed your record", "destroy your record"
    ),
    Act.PASSAGE_MAJORITE: ActText(
        "constaté la majorité et mis fin aux représentations",
        "le constat de la majorité",
        "recorded the coming of age and ended representations",
        "record the coming of age",
    ),
}

_DOCUMENTS: dict[Act, ActText] = {
    Act.CONSULTATION_LISTE: ActText(
        "consulté la liste des documents",
        "la consultation de la liste des documents",
        "read the list of documents",
        "read the list of documents",
    ),
    Act.CONSULTATION_DOCUMENT: ActText(
        "consulté un document", "la consultation d'un document", "read a document", "read a document"
    ),
    Act.LECTURE_DONNEES: ActText(
        "lu les données codées des documents",
        "la lecture des données codées des documents",
        "read the coded data of the documents",
        "read the coded data of the documents",
    ),
    Act.DEPOT_DOCUMENT: ActText("déposé un document", "le dépôt d'un document", "added a document", "add a document"),
    Act.MODIF_VISIBILITE: ActText(
        "modifié la visibilité d'un document",
        "la modification de la visibilité d'un document",
        "changed who can see a document",
        "change who can see a document",
    ),
    Act.RANGEMENT: ActText(
        "rangé des documents", "le rangement de documents", "arranged documents", "arrange documents"
    ),
    Act.REMISE_VISIBILITE: ActText(
        "rendu visible un document qui ne l'était pas encore",
        "la remise en visibilité d'un document",
        "made a document visible that was not yet",
        "make a document visible",
    ),
    Act.SUPPRESSION_DOCUMENT: ActText(
        "supprimé un document", "la suppression d'un document", "deleted a document", "delete a document"
    ),
    Act.ARCHIVAGE_DOCUMENT: ActText(
        "archivé un document", "l'archivage d'un document", "archived a document", "archive a document"
    ),
    Act.DESARCHIVAGE_DOCUMENT: ActText(
        "désarchivé un document",
        "le désarchivage d'un document",
        "took a document out of the archive",
        "take a document out of the archive",
    ),
    Act.DESTRUCTION_CONTENU: ActText(
        "détruit le contenu d'un document",
        "la destruction du contenu d'un document",
        "destroyed the content of a document",
        "destroy the content of a document",
    ),
}

_RIGHTS: dict[Act, ActText] = {
    Act.AJOUT_AUTORISATION: ActText(
        "déclaré votre autorisation",
        "la déclaration de votre autorisation",
        "declared your authorisation",
        "declare your authorisation",
    ),
    Act.FIN_AUTORISATION: ActText(
        "mis fin à une autorisation", "la fin d'une autorisation", "ended an authorisation", "end an authorisation"
    ),
    Act.NOMMER_MEDECIN_TRAITANT: ActText(
        "désigné un médecin traitant",
        "la désignation d'un médecin traitant",
        "named a médecin traitant",
        "name a médecin traitant",
    ),
    Act.RETRAIT_MEDECIN_TRAITANT: ActText(
        "retiré un médecin traitant",
        "le retrait d'un médecin traitant",
        "removed a médecin traitant",
        "remove a médecin traitant",
    ),
    Act.BLOCAGE: ActText(
        "bloqué un professionnel", "le blocage d'un professionnel", "blocked a professional", "block a professional"
    ),
    Act.DEBLOCAGE: ActText(
        "débloqué un professionnel",
        "le déblocage d'un professionnel",
        "unblocked a professional",
        "unblock a professional",
    ),
    Act.OPPOSITION_URGENCE: ActText(
        "modifié votre opposition à un accès en urgence",
        "la modification de votre opposition à un accès en urgence",
        "changed your opposition to an emergency access",
        "change your opposition to an emergency access",
    ),
    Act.OUVERTURE_URGENCE: ActText(
        "ouvert un accès en urgence",
        "l'ouverture d'un accès en urgence",
        "opened an emergency access",
        "open an emergency access",
    ),
    Act.REGLAGE_VISIBILITE: ActText(
        "modifié un réglage de visibilité",
        "la modification d'un réglage de visibilité",
        "changed a setting of visibility",
        "change a setting of visibility",
    ),
    Act.REGLAGE_DEMASQUAGE: ActText(
        "réglé ce que les urgences voient des documents masqués",
        "le réglage de ce que les urgences voient des documents masqués",
        "set what emergencies see of hidden documents",
        "set what emergencies see of hidden documents",
    ),
    Act.NOMMER_REPRESENTANT: ActText(
        "désigné un représentant",
        "la désignation d'un représentant",
        "named a representative",
        "name a representative",
    ),
    Act.FIN_REPRESENTATION: ActText(
        "mis fin à une représentation",
        "la fin d'une représentation",
        "ended a representation",
        "end a representation",
    ),
    Act.LECTURE_DROITS: ActText(
        "consulté la liste des droits d'accès",
        "la consultation de la liste des droits d'accès",
        "read the list of access rights",
        "read the list of access rights",
    ),
}

_PLATFORM: dict[Act, ActText] = {
    Act.LECTURE_JOURNAL: ActText(
        "lu l'historique des accès",
        "la lecture de l'historique des accès",
        "read the access history",
        "read the access history",
    ),
    Act.ACTIVATION_COMPTE: ActText(
        "activé votre compte", "l'activation de votre compte", "activated your account", "activate your account"
    ),
    Act.CONNEXION: ActText("ouvert une session", "l'ouverture d'une session", "logged in", "log in"),
    Act.MOYEN_CONNEXION: ActText(
        "changé les moyens de connexion",
        "le changement des moyens de connexion",
        "changed how one logs in",
        "change how one logs in",
    ),
    Act.FIN_SESSION: ActText("mis fin à une session", "la fin d'une session", "ended a session", "end a session"),
    Act.VERROU_COMPTE: ActText(
        "verrouillé ou rouvert un compte",
        "le verrouillage d'un compte",
        "locked an account or opened it again",
        "lock an account",
    ),
    Act.SUSPENSION_LOGICIEL: ActText(
        "suspendu ou rétabli un logiciel",
        "la suspension d'un logiciel",
        "suspended a software or let it in again",
        "suspend a software",
    ),
    Act.QUOTA_LOGICIEL: ActText(
        "changé le quota d'un logiciel",
        "le changement du quota d'un logiciel",
        "changed the quota of a software",
        "change the quota of a software",
    ),
    Act.REFERENCEMENT_APPLICATION: ActText(
        "changé le référencement d'une application",
        "le référencement d'une application",
        "changed the listing of an app",
        "change the listing of an app",
    ),
    Act.AUTORISATION_APPLICATION: ActText(
        "autorisé une application",
        "l'autorisation d'une application",
        "allowed an app",
        "allow an app",
    ),
    Act.FIN_APPLICATION: ActText(
        "retiré son autorisation à une application",
        "le retrait d'une autorisation à une application",
        "took back what an app was allowed",
        "take back what an app was allowed",
    ),
    Act.INVITATION_AIDANT: ActText(
        "invité un aidant ou retiré une invitation",
        "l'invitation d'un aidant",
        "invited a caregiver or took an invitation back",
        "invite a caregiver",
    ),
    Act.NOMMER_AIDANT: ActText(
        "accepté d'être aidant", "le rôle d'aidant", "agreed to be a caregiver", "be a caregiver"
    ),
    Act.REFUS_AIDANT: ActText(
        "refusé d'être aidant", "le refus d'être aidant", "declined to be a caregiver", "decline to be a caregiver"
    ),
    Act.FIN_AIDANT: ActText(
        "mis fin au partage avec un aidant",
        "la fin du partage avec un aidant",
        "ended the sharing with a caregiver",
        "end the sharing with a caregiver",
    ),
    Act.LECTURE_APPLICATIONS: ActText(
        "lu la liste des applications autorisées",
        "la lecture des applications autorisées",
        "read which apps are allowed",
        "read which apps are allowed",
    ),
    Act.LECTURE_IDENTITE: ActText(
        "lu l'identité du titulaire",
        "la lecture de l'identité du titulaire",
        "read the holder's identity",
        "read the holder's identity",
    ),
    Act.CHARGEMENT_MATRICE: ActText(
        "chargé une matrice d'habilitation",
        "le chargement d'une matrice d'habilitation",
        "loaded an entitlement matrix",
        "load an entitlement matrix",
    ),
    Act.CHARGEMENT_PLAN: ActText(
        "chargé un plan de classement",
        "le chargement d'un plan de classement",
        "loaded a filing plan",
        "load a filing plan",
    ),
    Act.RECHERCHE_JOURNAL: ActText(
        "fait une recherche dans le journal",
        "une recherche dans le journal",
        "searched the journal",
        "search the journal",
    ),
    Act.EFFACEMENT_IDENTITE: ActText(
        "effacé une identité du journal",
        "l'effacement d'une identité du journal",
        "erased an identity from the journal",
        "erase an identity from the journal",
    ),
}

ACT_TEXTS: dict[Act, ActText] = _RECORD | _DOCUMENTS | _RIGHTS | _PLATFORM
