"""Texts of the authorization pages, in French and English."""

from contracts.vocabulary import Section

Texts = dict[str, str]

_FR: Texts = {
    "sign_in": "Connexion à votre dossier",
    "asks": "demande à lire un dossier médical.",
    "by": "Éditeur :",
    "why": "Pour quoi faire :",
    "identifier": "Identifiant",
    "password": "Mot de passe",
    "passkey": "Se connecter avec une clé d'accès",
    "passkey_title": "Votre clé d'accès",
    "passkey_help": "Déverrouillez votre appareil comme vous en avez l'habitude : code, doigt ou visage.",
    "passkey_use": "Utiliser ma clé d'accès",
    "passkey_failed": "Aucune clé d'accès n'a répondu. Réessayez, ou connectez-vous par mot de passe.",
    "code_by": "Comment confirmer que c'est vous ?",
    "by_app": "Application d'authentification (le plus sûr)",
    "by_sms": "Code par SMS",
    "risk": "Un SMS peut être détourné par qui s'empare de votre ligne ou de votre carte SIM, un courriel par qui lit"
    " votre messagerie. Une clé d'accès ou une application ne quittent pas votre appareil : préférez-les.",
    "by_email": "Code par courriel",
    "go_on": "Continuer",
    "code_title": "Entrez votre code",
    "code_help": "Six chiffres, qui servent une fois. Reçus par SMS ou courriel, ils expirent au bout de dix minutes"
    " ; affichés par votre application, au bout de trente secondes : s'ils viennent de changer, entrez les nouveaux.",
    "code": "Code",
    "again": "Recommencer la connexion",
    "consent_title": "Que peut lire cette application ?",
    "consent_help": "Décochez ce que vous ne voulez pas montrer. Vous pourrez tout retirer à tout moment dans Carnet"
    " ; chaque lecture est inscrite dans votre historique des accès.",
    "for_whom": "De qui peut-elle lire le dossier ?",
    "for_me": "Le mien",
    "documents": "Documents",
    "identity": "L'identité : nom, date de naissance, sexe, numéro de sécurité sociale (INS)",
    "offline": "Continuer à lire quand vous n'êtes pas là, pendant six mois au plus",
    "never": "Elle ne peut rien modifier, ni voir ce qui ne vous est pas encore annoncé.",
    "allow": "Autoriser",
    "refuse": "Refuser",
    "leaving": "Vous retournerez à",
    "structure_title": "Où travaillez-vous aujourd'hui ?",
    "structure_help": "Vous exercez dans plusieurs structures. Ce que vous lirez et déposerez sera inscrit sous celle"
    " que vous choisissez ici, jusqu'à votre prochaine connexion.",
    "wrong": "Cela n'a pas abouti",
}
_EN: Texts = {
    "sign_in": "Log in to your record",
    "asks": "asks to read a health record.",
    "by": "Publisher:",
    "why": "What for:",
    "identifier": "Identifier",
    "password": "Password",
    "passkey": "Log in with a passkey",
    "passkey_title": "Your passkey",
    "passkey_help": "Unlock your device as you usually do: PIN, finger or face.",
    "passkey_use": "Use my passkey",
    "passkey_failed": "No passkey has answered. Try again, or log in by password.",
    "code_by": "How do we check that it is you?",
    "by_app": "Authenticator app (the safest)",
    "by_sms": "Code by text message",
    "risk": "A text message can be diverted by whoever takes over your line or SIM card, an e-mail by whoever reads"
    " your mailbox. A passkey or an app does not leave your device: prefer them.",
    "by_email": "Code by e-mail",
    "go_on": "Continue",
    "code_title": "Enter your code",
    "code_help": "Six digits, which serve once. Received by text message or e-mail they expire after ten minutes;"
    " shown by your app, after thirty seconds: if they have just changed, enter the new ones.",
    "code": "Code",
    "again": "Start the login again",
    "consent_title": "What may this app read?",
    "consent_help": "Untick what you do not want to show. You can take everything back at any time in Carnet; each"
    " reading is written in your access history.",
    "for_whom": "Whose record may it read?",
    "for_me": "Mine",
    "documents": "Documents",
    "identity": "Identity: name, birth date, sex, social security number (INS)",
    "offline": "Go on reading while you are away, for six months at most",
    "never": "It cannot change anything, nor see what has not been announced to you yet.",
    "allow": "Allow",
    "refuse": "Refuse",
    "leaving": "You will return to",
    "structure_title": "Where do you work today?",
    "structure_help": "You practise in several places. What you read and deposit will be written down under the one"
    " you choose here, until you log in again.",
    "wrong": "This did not work",
}
TEXTS: dict[str, Texts] = {"fr": _FR, "en": _EN}

SECTIONS: dict[str, dict[Section, str]] = {
    "fr": {
        Section.SYNTHESE: "Synthèse",
        Section.TRAITEMENTS: "Traitements",
        Section.ANALYSES: "Analyses",
        Section.IMAGERIE: "Imagerie",
        Section.COMPTES_RENDUS: "Comptes rendus",
        Section.PREVENTION: "Prévention et vaccins",
        Section.CERTIFICATS: "Certificats",
        Section.REMBOURSEMENTS: "Remboursements",
        Section.ESPACE_PERSONNEL: "Espace personnel",
    },
    "en": {
        Section.SYNTHESE: "Summary",
        Section.TRAITEMENTS: "Treatments",
        Section.ANALYSES: "Laboratory results",
        Section.IMAGERIE: "Imaging",
        Section.COMPTES_RENDUS: "Reports and letters",
        Section.PREVENTION: "Prevention and vaccines",
        Section.CERTIFICATS: "Certificates",
        Section.REMBOURSEMENTS: "Reimbursements",
        Section.ESPACE_PERSONNEL: "Personal space",
    },
}
