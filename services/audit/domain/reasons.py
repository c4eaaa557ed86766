"""Why something was allowed or refused, in a patient's words: by rule code and by refusal code."""

from typing import NamedTuple


class Reason(NamedTuple):
    """A few words in both languages; empty where the sentence says it already."""

    fr: str
    en: str


_SAID_ALREADY = Reason("", "")

ALLOWED: dict[str, Reason] = {
    "agent": _SAID_ALREADY,
    "aidant": _SAID_ALREADY,
    "alimentation": _SAID_ALREADY,
    "application": Reason("par une application que vous avez autorisée", "through an app you have authorised"),
    "auteur": Reason("ses propres documents", "own documents"),
    "autorisation": Reason("avec votre autorisation", "with your authorisation"),
    "bris_de_glace": _SAID_ALREADY,
    "card_and_code": Reason("carte Vitale et code", "carte Vitale and code"),
    "carte_vitale": Reason("carte Vitale présentée", "carte Vitale shown"),
    "centre_15": _SAID_ALREADY,
    "cps": Reason("carte CPS", "CPS card"),
    "delai": Reason("automatique, à la date prévue", "automatic, at the date set"),
    "equipe_de_soins": Reason("équipe de soins", "care team"),
    "levee": Reason("opposition levée", "opposition lifted"),
    "medecin_traitant": Reason("médecin traitant", "médecin traitant"),
    "operateur": _SAID_ALREADY,
    "opposee": Reason("opposition déclarée", "opposition declared"),
    "password_and_code": Reason("mot de passe et code", "password and code"),
    "patient": _SAID_ALREADY,
    "permis": Reason("permis", "allowed"),
    "plateforme": _SAID_ALREADY,
    "representant_legal": _SAID_ALREADY,
    "retire": Reason("retiré", "withdrawn"),
}
"""By the code of the rule that allowed."""

REFUSED: dict[str, Reason] = {
    "access.not_a_minor": Reason("réservé aux dossiers de mineurs", "for records of minors only"),
    "access.not_shared": Reason("droit que vous n'avez pas donné", "a right you have not given"),
    "access.profession": Reason("profession non habilitée", "profession not entitled"),
    "access.role": Reason("rôle non habilité", "role not entitled"),
    "access.scope": Reason("accès non accordé à l'application", "access not granted to the app"),
    "account.contact_invalid": Reason("adresse ou numéro non valable", "address or number not valid"),
    "account.exists": Reason("compte déjà actif ou identifiant pris", "account already active or identifier taken"),
    "account.password_weak": Reason("mot de passe trop faible", "password too weak"),
    "card.proof_expired": Reason("preuve de carte expirée", "card proof expired"),
    "card.proof_invalid": Reason("preuve de carte non valable", "card proof not valid"),
    "card.proof_replayed": Reason("preuve de carte déjà utilisée", "card proof already used"),
    "card.revoked": Reason("carte révoquée ou expirée", "card revoked or expired"),
    "consent.blocked": Reason("vous l'avez bloqué", "you have blocked them"),
    "consent.missing": Reason("pas d'autorisation", "no authorisation"),
    "consent.unknown": Reason("décision inexistante", "no such decision"),
    "document.content_contradicted": Reason("fin contraire au début", "end unlike its beginning"),
    "document.not_as_stated": Reason("fichier autre que celui annoncé", "file other than announced"),
    "document.correction_refused": Reason("dépôt à corriger", "deposit in need of correction"),
    "document.damaged": Reason("document conservé endommagé", "stored document damaged"),
    "document.header_contradicts": Reason("en-tête contraire au dépôt", "header contradicts the deposit"),
    "document.header_invalid": Reason("en-tête incomplet ou inconnu", "header incomplete or unknown"),
    "document.length_required": Reason("taille du document non annoncée", "size of the document not stated"),
    "document.mark_not_changeable": Reason("marque posée au dépôt", "mark set at deposit"),
    "document.metadata_missing": Reason("description incomplète", "description incomplete"),
    "document.not_a_cda": Reason("fichier illisible", "file not readable"),
    "document.not_author": Reason("ni l'auteur ni sa structure", "neither the author nor the same organisation"),
    "document.not_current": Reason("version qui n'est plus en vigueur", "no longer the current version"),
    "document.not_found": Reason("document inexistant ou non accessible", "no such document, or not accessible"),
    "document.not_renderable": Reason("mise en page impossible", "cannot be shown as a page"),
    "document.secret_required": Reason("dépôt secret attendu", "a secret deposit was expected"),
    "document.test_failed": Reason("fiche dans un autre état", "entry in another state"),
    "document.too_large": Reason("document trop volumineux", "document too large"),
    "document.transition": Reason("état du document contraire", "not in this state of the document"),
    "document.truncated": Reason("document incomplet", "document incomplete"),
    "document.type_unsupported": Reason("type de contenu non accepté", "kind of content not accepted"),
    "document.unique_id_taken": Reason("identifiant de document déjà pris", "document id already taken"),
    "document.version_moved": Reason("fiche modifiée entre-temps", "entry changed meanwhile"),
    "document.visibility_forbidden": Reason("visibilité non admise", "visibility not permitted"),
    "emergency.not_open": Reason("aucun accès en urgence ouvert", "no emergency access open"),
    "emergency.opposed": Reason("vous vous y êtes opposé", "you have opposed it"),
    "emergency.reason_required": Reason("motif écrit manquant", "written reason missing"),
    "ins.invalid": Reason("matricule INS erroné", "wrong INS number"),
    "ins.test_identity": Reason("identité de test", "test identity"),
    "journal.head_not_found": Reason("tête du journal inexistante", "no such head of the journal"),
    "login.failed": Reason("mot de passe ou code incorrect", "wrong password or code"),
    "login.too_many": Reason("trop d'essais", "too many attempts"),
    "lot.too_large": Reason("lot trop grand", "lot too large"),
    "matrix.invalid": Reason("matrice non valable", "matrix not valid"),
    "profession.retired": Reason("code de profession qui n'est plus attribué", "profession code no longer given"),
    "professional.unknown": Reason("professionnel inconnu de l'annuaire", "professional not in the directory"),
    "record.already_open": Reason("dossier déjà ouvert", "record already open"),
    "record.consent_not_collected": Reason("accord non recueilli", "consent not collected"),
    "record.not_active": Reason("dossier non ouvert", "record not active"),
    "record.not_found": Reason("dossier inexistant ou non accessible", "no such record, or not accessible"),
    "record.transition": Reason("état du dossier contraire", "not in this state of the record"),
    "request.element_not_changeable": Reason("modification non admise", "change not permitted"),
    "request.headers_too_large": Reason("demande mal formée", "malformed request"),
    "request.invalid": Reason("demande mal formée", "malformed request"),
    "request.not_acceptable": Reason("format non servi", "format not served"),
    "request.parameter_unknown": Reason("paramètre inconnu", "unknown parameter"),
    "request.stalled": Reason("envoi interrompu", "sending interrupted"),
    "request.too_large": Reason("demande trop volumineuse", "request too large"),
    "request.type_unsupported": Reason("type de contenu non accepté", "kind of content not accepted"),
    "route.method_not_allowed": Reason("demande mal formée", "malformed request"),
    "route.not_found": Reason("adresse inexistante", "no such address"),
    "service.deadline": Reason("service trop lent à répondre", "service too slow to answer"),
    "service.fault": Reason("erreur inattendue", "unexpected error"),
    "service.unavailable": Reason("service indisponible", "service unavailable"),
    "software.refused": Reason("logiciel non homologué", "software not homologated"),
    "ticket.invalid": Reason("laissez-passer non valable", "ticket not valid"),
    "token.grant_unsupported": Reason("connexion non admise", "kind of login not supported"),
    "token.invalid": Reason("session non valable ou expirée", "session not valid or expired"),
    "token.missing": Reason("non connecté", "not logged in"),
}
"""By the code of the refusal (contracts.errors)."""

UNKNOWN_REFUSAL = Reason("accès refusé", "access refused")
"""For a code of a later version than this service."""
