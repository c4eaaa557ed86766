"""Texts of codes and notices in French and English; they never say what is in the record."""

import msgspec

from contracts.notify import Notice, NoticeCode
from services.notify.domain.notices import StoredNotice


class Words(msgspec.Struct, frozen=True):
    """A short title and one or two sentences, in both languages."""

    title_fr: str
    title_en: str
    fr: str
    en: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A message to a person; `id` stays the same when it is sent again."""

    id: str
    subject: str
    text: str


TO_HOLDER: dict[NoticeCode, Words] = {
    NoticeCode.AJOUT_DOCUMENT: Words(
        "nouveau document",
        "new document",
        "Un document a été ajouté à votre dossier médical. Connectez-vous à Carnet pour le consulter.",
        "A document was added to your health record. Log in to Carnet to read it.",
    ),
    NoticeCode.MODIF_DOCUMENT: Words(
        "document modifié",
        "document changed",
        "Un professionnel de santé a modifié la visibilité d'un document de votre dossier médical."
        " Connectez-vous à Carnet pour en savoir plus.",
        "A health professional changed who can see a document of your health record. Log in to Carnet to learn more.",
    ),
    NoticeCode.REMISE_VISIBILITE_AUTO: Words(
        "document devenu visible",
        "document now visible",
        "Un document de votre dossier médical est devenu visible pour vous."
        " Connectez-vous à Carnet pour le consulter.",
        "A document of your health record has become visible to you. Log in to Carnet to read it.",
    ),
    NoticeCode.SUPP_DOC: Words(
        "document supprimé",
        "document deleted",
        "Un professionnel de santé a supprimé un document de votre dossier médical."
        " L'historique des accès, dans Carnet, dit qui et quand.",
        "A health professional deleted a document of your health record."
        " The access history in Carnet says who and when.",
    ),
    NoticeCode.ACCES_DMP_PS: Words(
        "premier accès d'un professionnel",
        "first access by a professional",
        "Un professionnel de santé a consulté votre dossier médical pour la première fois."
        " L'historique des accès, dans Carnet, dit qui et quand.",
        "A health professional read your health record for the first time."
        " The access history in Carnet says who and when.",
    ),
    NoticeCode.ACCES_BRIS_GLACE: Words(
        "accès en urgence à votre dossier",
        "emergency access to your record",
        "Un professionnel de santé a ouvert votre dossier médical en urgence (bris de glace)."
        " L'historique des accès, dans Carnet, dit qui et quand ; vous pouvez y bloquer ce professionnel.",
        "A health professional opened your health record in an emergency (break-glass)."
        " The access history in Carnet says who and when; you can block this professional there.",
    ),
    NoticeCode.ACCES_CENTRE_15: Words(
        "accès du centre 15 à votre dossier",
        "access by the emergency call centre",
        "Un médecin régulateur du centre 15 (SAMU) a consulté votre dossier médical."
        " L'historique des accès, dans Carnet, dit qui et quand.",
        "A doctor of the emergency call centre (SAMU) read your health record."
        " The access history in Carnet says who and when.",
    ),
    NoticeCode.COMPTE_ACTIVE: Words(
        "compte activé",
        "account activated",
        "Votre compte Carnet est activé. Si ce n'est pas vous qui l'avez activé, prévenez l'assistance.",
        "Your Carnet account is active. If it was not you who activated it, tell the support.",
    ),
    NoticeCode.MOYEN_CONNEXION: Words(
        "moyens de connexion changés",
        "way of logging in changed",
        "Une application d'authentification ou une clé d'accès a été ajoutée à votre compte ou retirée. Si ce n'est"
        " pas vous, prévenez l'assistance.",
        "An authenticator app or a passkey was added to your account or taken off. If it was not you, tell the"
        " support.",
    ),
    NoticeCode.MOT_DE_PASSE: Words(
        "mot de passe changé",
        "password changed",
        "Le mot de passe de votre compte Carnet a été changé. Si ce n'est pas vous, retrouvez l'accès à votre compte"
        " avec votre carte Vitale et prévenez l'assistance.",
        "The password of your Carnet account was changed. If it was not you, recover your account with your carte"
        " Vitale and tell the support.",
    ),
    NoticeCode.COORDONNEES: Words(
        "coordonnées changées",
        "contact changed",
        "L'adresse ou le numéro de votre compte Carnet a été changé. Si ce n'est pas vous, prévenez l'assistance sans"
        " attendre.",
        "The address or number of your Carnet account was changed. If it was not you, tell the support at once.",
    ),
    NoticeCode.COMPTE_VERROUILLE: Words(
        "compte verrouillé ou rouvert",
        "account locked or opened",
        "Votre compte Carnet a été verrouillé, ou rouvert, par l'assistance. Votre dossier n'est pas changé. Si vous"
        " ne l'avez pas demandé, appelez l'assistance.",
        "Your Carnet account was locked, or opened again, by the support. Your record is unchanged. If you did not"
        " ask for it, call the support.",
    ),
    NoticeCode.PARTAGE_PROFIL_AIDANT: Words(
        "partage avec un aidant",
        "shared with a caregiver",
        "Une personne que vous avez invitée peut maintenant lire une partie de votre dossier médical. Vous pouvez y"
        " mettre fin à tout moment dans Carnet.",
        "Somebody you invited can now read part of your health record. You can end it at any time in Carnet.",
    ),
    NoticeCode.REVOCATION_AIDANT: Words(
        "fin d'un partage",
        "a sharing has ended",
        "Un partage entre un aidant et la personne qu'il aide a pris fin. Carnet vous dit lequel.",
        "A sharing between a caregiver and whom they help has ended. Carnet tells you which.",
    ),
    NoticeCode.APPLICATION_AUTORISEE: Words(
        "application autorisée",
        "app allowed",
        "Vous avez permis à une application de lire une partie de votre dossier médical. Carnet vous dit laquelle, et"
        " vous pouvez le lui retirer à tout moment. Si ce n'est pas vous, retirez-le et prévenez l'assistance.",
        "You have let an app read part of your health record. Carnet tells you which one, and you can take it back at"
        " any time. If it was not you, take it back and tell the support.",
    ),
    NoticeCode.FERMETURE_DOSSIER: Words(
        "dossier fermé",
        "record closed",
        "Votre dossier médical est fermé : les professionnels de santé n'y ont plus accès."
        " Vous pouvez le rouvrir jusqu'à la date de sa destruction, indiquée dans Carnet."
        " Si vous n'avez pas voulu cette fermeture, rouvrez-le et prévenez l'assistance.",
        "Your health record is closed: health professionals have no access to it any more."
        " You can reopen it until the date of its destruction, which Carnet tells you."
        " If you did not want it closed, reopen it and tell the support.",
    ),
    NoticeCode.SUPPRESSION_DEMANDEE: Words(
        "destruction du dossier demandée",
        "destruction of the record asked for",
        "La destruction de votre dossier médical a été demandée : il est fermé, puis sera détruit avec tout ce"
        " qu'il contient. Pour l'empêcher, rouvrez-le avant la date indiquée dans Carnet."
        " Si vous n'avez pas voulu cette destruction, rouvrez-le et prévenez l'assistance.",
        "The destruction of your health record was asked for: it is closed, and will then be destroyed with all it"
        " holds. To prevent this, reopen it before the date that Carnet tells you."
        " If you did not want it destroyed, reopen it and tell the support.",
    ),
    NoticeCode.REOUVERTURE_DOSSIER: Words(
        "dossier rouvert",
        "record reopened",
        "Votre dossier médical est rouvert, avec tout ce qu'il contenait."
        " Si vous ne l'avez pas voulu, refermez-le dans Carnet et prévenez l'assistance.",
        "Your health record is open again, with all it held."
        " If you did not want this, close it again in Carnet and tell the support.",
    ),
    NoticeCode.DOSSIER_DETRUIT: Words(
        "dossier détruit",
        "record destroyed",
        "Votre dossier médical et tout ce qu'il contenait ont été détruits ; cela ne peut pas être annulé.",
        "Your health record and all it held were destroyed; this cannot be undone.",
    ),
    NoticeCode.PASSAGE_MAJORITE: Words(
        "vous avez atteint la majorité",
        "you have come of age",
        "Vous avez atteint la majorité : vos représentants légaux n'ont plus accès à votre dossier médical."
        " C'est à vous de décider qui peut le consulter, eux compris. Connectez-vous à Carnet pour le faire.",
        "You have come of age: your legal representatives have no access to your health record any more."
        " It is for you to decide who can read it, they included. Log in to Carnet to do so.",
    ),
}
"""Texts for the holder of the record."""

TO_MEDECIN_TRAITANT: dict[NoticeCode, Words] = {
    NoticeCode.ACCES_BRIS_GLACE: Words(
        "accès en urgence au dossier d'un patient",
        "emergency access to a patient's record",
        "Le dossier d'un patient dont vous êtes le médecin traitant a été ouvert en urgence (bris de glace)."
        " Connectez-vous à Carnet pour en savoir plus.",
        "The record of a patient whose médecin traitant you are was opened in an emergency (break-glass)."
        " Log in to Carnet to learn more.",
    ),
    NoticeCode.ACCES_CENTRE_15: Words(
        "accès du centre 15 au dossier d'un patient",
        "access by the emergency call centre to a patient's record",
        "Le dossier d'un patient dont vous êtes le médecin traitant a été consulté par le centre 15 (SAMU)."
        " Connectez-vous à Carnet pour en savoir plus.",
        "The record of a patient whose médecin traitant you are was read by the emergency call centre (SAMU)."
        " Log in to Carnet to learn more.",
    ),
}
"""Texts for the médecin traitant; they do not say which patient."""


def notice_of(stored: StoredNotice) -> Notice:
    """A notice as the portal shows it."""
    words = TO_HOLDER[stored.code]
    return Notice(
        id=str(stored.notice_id), code=stored.code, at=stored.at, fr=words.fr, en=words.en, sent=stored.sent
    )


def letter_of_notice(code: NoticeCode, *, to_holder: bool, letter_id: str) -> Letter:
    """A notice as it is sent."""
    words = (TO_HOLDER if to_holder else TO_MEDECIN_TRAITANT)[code]
    subject = f"Carnet : {words.title_fr} / {words.title_en}"
    return Letter(id=letter_id, subject=subject, text=f"{words.fr}\n{words.en}")


def letter_of_code(code: str, minutes: int, *, letter_id: str) -> Letter:
    """A one-time code as it is sent."""
    return Letter(
        id=letter_id,
        subject="Carnet : votre code / your code",
        text=f"Votre code Carnet : {code}. Il est valable {minutes} minutes. Ne le donnez à personne.\n"
        f"Your Carnet code: {code}. It is valid for {minutes} minutes. Give it to nobody.",
    )
