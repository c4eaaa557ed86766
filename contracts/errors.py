"""The tree of refusals: each leaf has a stable code and says in French and English what happened and what to do.

Refusal
|-- Malformed         the question cannot be understood
|-- Unauthenticated   we do not know who asks
|-- Forbidden         we know, and the answer is no
|-- Missing           it is not there, or not for the one who asks: the same answer
|-- Conflict          it contradicts what is already there
|-- TooLarge          more bytes than allowed
|-- Unsupported       a kind of content the record does not take
|-- Contradiction     a document says something else than its deposit
|-- TooMany           slow down
`-- Unavailable       a part is away for the moment; try again
"""

from typing import ClassVar

from contracts.envelope import Problem

_LEAVES: dict[str, type["Refusal"]] = {}


class Refusal(Exception):
    """A no with a stable code; `details` are facts for the text, never personal ones."""

    code: ClassVar[str] = ""
    fr: ClassVar[str] = ""
    en: ClassVar[str] = ""

    def __init_subclass__(cls, *, code: str = "", fr: str = "", en: str = "") -> None:
        super().__init_subclass__()
        if code:
            cls.code, cls.fr, cls.en = code, fr, en
            _LEAVES[code] = cls

    def __init__(self, **details: str) -> None:
        super().__init__(self.code)
        self.details = details

    def text(self, language: str) -> str:
        """The explanation in `fr` or `en`, its facts filled in."""
        text = self.fr if language == "fr" else self.en
        return text.format_map(_Known(self.details))

    def problem(self) -> Problem:
        """This refusal as it travels."""
        return Problem(code=self.code, details=self.details)


class _Known(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "?"


def refusal_from(problem: Problem) -> Refusal:
    """The refusal a problem speaks of; a code we do not know is a part we cannot rely on."""
    leaf = _LEAVES.get(problem.code, ServiceUnavailable)
    return leaf(**problem.details)


def all_refusals() -> dict[str, type[Refusal]]:
    """Every leaf by its code."""
    return dict(_LEAVES)


class Malformed(Refusal): ...


class Unauthenticated(Refusal): ...


class Forbidden(Refusal): ...


class Missing(Refusal): ...


class Conflict(Refusal): ...


class TooLarge(Refusal): ...


class Unsupported(Refusal): ...


class Contradiction(Refusal): ...


class TooMany(Refusal): ...


class Unavailable(Refusal): ...


# Malformed ---------------------------------------------------------------------------------------


class InvalidRequest(
    Malformed,
    code="request.invalid",
    fr="La demande est mal formée : {field}. Corrigez ce champ et renvoyez-la.",
    en="The request is malformed: {field}. Correct that field and send it again.",
): ...


class InvalidIns(
    Malformed,
    code="ins.invalid",
    fr="Ce matricule INS est erroné : sa clé ne correspond pas. Relisez la carte Vitale.",
    en="This INS number is wrong: its key does not match. Read the carte Vitale again.",
): ...


class IdentityNotAdmitted(
    Malformed,
    code="ins.test_identity",
    fr="Les identités de test ne sont pas admises sur cette plateforme.",
    en="Test identities are not admitted on this platform.",
): ...


class ConsentNotCollected(
    Malformed,
    code="record.consent_not_collected",
    fr="Le dossier s'ouvre seulement si le patient le veut : recueillez son accord et indiquez-le.",
    en="A record is opened only if the patient wants it: ask, and say that consent was given.",
): ...


class ReasonRequired(
    Malformed,
    code="emergency.reason_required",
    fr="Un accès en urgence demande un motif écrit (au moins 10 caractères).",
    en="An emergency access needs a written reason (at least 10 characters).",
): ...


class VisibilityForbidden(
    Malformed,
    code="document.visibility_forbidden",
    fr="Un document ne peut pas être masqué aux professionnels et invisible au patient à la fois.",
    en="A document cannot be hidden from professionals and from the patient at the same time.",
): ...


class WeakPassword(
    Malformed,
    code="account.password_weak",
    fr="Ce mot de passe est trop court ou trop courant : choisissez au moins 12 caractères.",
    en="This password is too short or too common: choose at least 12 characters.",
): ...


class InvalidContact(
    Malformed,
    code="account.contact_invalid",
    fr="Cette adresse ou ce numéro n'est pas valable : {field}.",
    en="This address or number is not valid: {field}.",
): ...


class RequestStalled(
    Malformed,
    code="request.stalled",
    fr="L'envoi s'est interrompu trop longtemps. Recommencez-le.",
    en="The sending stopped for too long. Start it again.",
): ...


class HeadersTooLarge(
    Malformed,
    code="request.headers_too_large",
    fr="Les en-têtes de la demande sont trop longs.",
    en="The request's headers are too long.",
): ...


class MethodNotAllowed(
    Malformed,
    code="route.method_not_allowed",
    fr="Cette adresse n'accepte pas cette méthode.",
    en="This address does not accept this method.",
): ...


class GrantUnsupported(
    Malformed,
    code="token.grant_unsupported",
    fr="Ce type d'autorisation (grant_type) n'est pas pris en charge ; utilisez {expected}.",
    en="This grant_type is not supported; use {expected}.",
): ...


# Unauthenticated ---------------------------------------------------------------------------------


class TokenMissing(
    Unauthenticated,
    code="token.missing",
    fr="Connectez-vous : la demande ne porte pas de jeton d'accès.",
    en="Log in: the request carries no access token.",
): ...


class TokenInvalid(
    Unauthenticated,
    code="token.invalid",
    fr="Ce jeton d'accès n'est pas valable ou a expiré. Reconnectez-vous.",
    en="This access token is not valid or has expired. Log in again.",
): ...


class ProofInvalid(
    Unauthenticated,
    code="card.proof_invalid",
    fr="La preuve de carte n'est pas valable. Relisez la carte.",
    en="The card's proof is not valid. Read the card again.",
): ...


class ProofExpired(
    Unauthenticated,
    code="card.proof_expired",
    fr="La preuve de carte a expiré. Relisez la carte.",
    en="The card's proof has expired. Read the card again.",
): ...


class ProofReplayed(
    Unauthenticated,
    code="card.proof_replayed",
    fr="Cette preuve de carte a déjà servi. Relisez la carte.",
    en="This proof was already used. Read the card again.",
): ...


class CardRevoked(
    Unauthenticated,
    code="card.revoked",
    fr="Cette carte est révoquée ou expirée.",
    en="This card is revoked or expired.",
): ...


class LoginFailed(
    Unauthenticated,
    code="login.failed",
    fr="Identifiant, mot de passe ou code incorrect, ou délai dépassé. Recommencez la connexion.",
    en="Wrong identifier, password or code, or too late. Start the login again.",
): ...


# Forbidden ---------------------------------------------------------------------------------------


class RoleForbidden(
    Forbidden,
    code="access.role",
    fr="Votre rôle ne permet pas cette action.",
    en="Your role does not permit this action.",
): ...


class ProfessionUnknown(
    Forbidden,
    code="access.profession",
    fr="Votre profession n'est pas habilitée à cette action.",
    en="Your profession is not entitled to this action.",
): ...


class ProfessionalUnknown(
    Forbidden,
    code="professional.unknown",
    fr="Ce professionnel, sa profession ou sa structure ne figure pas ainsi dans l'annuaire.",
    en="This professional, profession or structure is not in the directory as stated.",
): ...


class ProfessionRetired(
    Forbidden,
    code="profession.retired",
    fr="Ce code de profession n'est plus attribué ; les nouveaux dépôts sous ce code sont refusés.",
    en="This profession code is retired; new deposits under it are refused.",
): ...


class SoftwareRefused(
    Forbidden,
    code="software.refused",
    fr="Ce logiciel n'est pas homologué pour cette action.",
    en="This software is not homologated for this action.",
): ...


class ConsentMissing(
    Forbidden,
    code="consent.missing",
    fr="Le patient ne vous a pas autorisé à lire son dossier. Demandez-lui son accord, puis déclarez-le avec"
    " sa carte Vitale ; en urgence vitale, utilisez le bris de glace avec un motif.",
    en="The patient has not authorised you to read this record. Ask for consent, then declare it with the carte"
    " Vitale; in a vital emergency, break the glass with a reason.",
): ...


class ProfessionalBlocked(
    Forbidden,
    code="consent.blocked",
    fr="Le patient a bloqué votre accès à son dossier.",
    en="The patient has blocked your access to this record.",
): ...


class EmergencyOpposed(
    Forbidden,
    code="emergency.opposed",
    fr="Le patient s'est opposé à ce mode d'accès en urgence.",
    en="The patient has opposed this mode of emergency access.",
): ...


class EmergencyNotOpen(
    Forbidden,
    code="emergency.not_open",
    fr="Aucun accès en urgence n'est ouvert, ou il est terminé. Ouvrez-le avec un motif écrit.",
    en="No emergency access is open, or it has ended. Open one with a written reason.",
): ...


class RecordNotActive(
    Forbidden,
    code="record.not_active",
    fr="Ce dossier n'est pas ouvert.",
    en="This record is not active.",
): ...


class NotAuthor(
    Forbidden,
    code="document.not_author",
    fr="Seul l'auteur du document, ou sa structure, peut faire cela.",
    en="Only the author of the document, or the same organisation, may do this.",
): ...


# Missing -----------------------------------------------------------------------------------------


class RecordNotFound(
    Missing,
    code="record.not_found",
    fr="Aucun dossier n'est ouvert pour ce patient. Vérifiez l'identité, ou proposez l'ouverture.",
    en="No record is open for this patient. Check the identity, or offer to open one.",
): ...


class DocumentNotFound(
    Missing,
    code="document.not_found",
    fr="Ce document n'existe pas, ou ne vous est pas accessible.",
    en="This document does not exist, or is not for you.",
): ...


class RouteNotFound(
    Missing,
    code="route.not_found",
    fr="Cette adresse n'existe pas.",
    en="This address does not exist.",
): ...


# Conflict ----------------------------------------------------------------------------------------


class RecordAlreadyOpen(
    Conflict,
    code="record.already_open",
    fr="Ce dossier est déjà ouvert, par une autre voie.",
    en="This record is already open, through another channel.",
): ...


class AccountExists(
    Conflict,
    code="account.exists",
    fr="Un compte est déjà actif pour cette carte, ou cet identifiant est pris. Connectez-vous ou changez-le.",
    en="An account is already active for this card, or the identifier is taken. Log in, or choose another.",
): ...


class UniqueIdTaken(
    Conflict,
    code="document.unique_id_taken",
    fr="Un autre document porte déjà cet identifiant unique. Donnez-lui un nouvel identifiant.",
    en="Another document already bears this unique id. Give this one a new id.",
): ...


class NotCurrentVersion(
    Conflict,
    code="document.not_current",
    fr="Le document à remplacer n'existe pas ou n'est plus la version en vigueur.",
    en="The document to replace does not exist or is no longer the current version.",
): ...


# Content -----------------------------------------------------------------------------------------


class ContentTooLarge(
    TooLarge,
    code="document.too_large",
    fr="Le document dépasse la taille admise ({limit} octets).",
    en="The document exceeds the size allowed ({limit} bytes).",
): ...


class MediaTypeRefused(
    Unsupported,
    code="document.type_unsupported",
    fr="Ce type de contenu n'est pas accepté ici ; envoyez un document CDA R2.",
    en="This kind of content is not accepted here; send a CDA R2 document.",
): ...


class RequestTooLarge(
    TooLarge,
    code="request.too_large",
    fr="La demande dépasse la taille admise ({limit} octets).",
    en="The request exceeds the size allowed ({limit} bytes).",
): ...


class RequestTypeUnsupported(
    Unsupported,
    code="request.type_unsupported",
    fr="Ce type de contenu n'est pas accepté à cette adresse ; envoyez {expected}.",
    en="This content type is not accepted at this address; send {expected}.",
): ...


class NotACda(
    Contradiction,
    code="document.not_a_cda",
    fr="Ce fichier n'est pas un document CDA R2 lisible.",
    en="This file is not a readable CDA R2 document.",
): ...


class HeaderInvalid(
    Contradiction,
    code="document.header_invalid",
    fr="L'en-tête du document est incomplet ou inconnu : {field}.",
    en="The document's header is incomplete or unknown: {field}.",
): ...


class HeaderContradicts(
    Contradiction,
    code="document.header_contradicts",
    fr="L'en-tête du document contredit le dépôt : {field}.",
    en="The document's header contradicts the deposit: {field}.",
): ...


class ContentTruncated(
    Malformed,
    code="document.truncated",
    fr="Le document est arrivé incomplet. Renvoyez-le.",
    en="The document arrived incomplete. Send it again.",
): ...


class LengthRequired(
    Malformed,
    code="document.length_required",
    fr="Annoncez la taille du document (Content-Length) avant de l'envoyer.",
    en="State the size of the document (Content-Length) before sending it.",
): ...


class TicketInvalid(
    Forbidden,
    code="ticket.invalid",
    fr="Ce laissez-passer n'est pas valable, a expiré ou a déjà servi.",
    en="This ticket is not valid, has expired or was already used.",
): ...


# Busy --------------------------------------------------------------------------------------------


class TooManyAttempts(
    TooMany,
    code="login.too_many",
    fr="Trop d'essais. Attendez {seconds} secondes avant de recommencer.",
    en="Too many attempts. Wait {seconds} seconds before trying again.",
): ...


class ContentDamaged(
    Unavailable,
    code="document.damaged",
    fr="Le contenu de ce document est endommagé et n'a pas été transmis. L'exploitant en est averti.",
    en="The content of this document is damaged and was not handed out. The operator is told.",
): ...


class ServiceUnavailable(
    Unavailable,
    code="service.unavailable",
    fr="Le service est momentanément indisponible. Réessayez dans quelques secondes.",
    en="The service is unavailable for the moment. Try again in a few seconds.",
): ...


class DeadlineExceeded(
    Unavailable,
    code="service.deadline",
    fr="La réponse n'est pas arrivée à temps. Réessayez dans quelques secondes.",
    en="The answer did not come in time. Try again in a few seconds.",
): ...


class ServiceFault(
    Unavailable,
    code="service.fault",
    fr="Une erreur inattendue s'est produite ; rien n'a été changé. L'exploitant en est averti.",
    en="Something unexpected went wrong; nothing was changed. The operator is told.",
): ...
