"""Refusals caused by the request itself or by its caller."""

from contracts.errors.base import Forbidden, Malformed, Missing, Unauthenticated

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


class SecretRequired(
    Malformed,
    code="document.secret_required",
    fr="En connexion secrète, seuls des documents invisibles aux représentants légaux sont déposés :"
    " ajoutez INVISIBLE_REPRESENTANTS_LEGAUX.",
    en="In a secret connection only documents hidden from legal representatives are deposited:"
    " add INVISIBLE_REPRESENTANTS_LEGAUX.",
): ...


class MatrixInvalid(
    Malformed,
    code="matrix.invalid",
    fr="Cette matrice d'habilitation n'est pas valable : {cause}. Rien n'a été chargé.",
    en="This entitlement matrix is not valid: {cause}. Nothing was loaded.",
): ...


class FilingInvalid(
    Malformed,
    code="filing.invalid",
    fr="Ce plan de classement n'est pas valable ({field}). Rien n'a été chargé.",
    en="This filing plan is not valid ({field}). Nothing was loaded.",
): ...


class SignInRefused(
    Unauthenticated,
    code="login.pro_sante_connect",
    fr="Pro Santé Connect n'a pas confirmé qui vous êtes. Recommencez depuis votre logiciel.",
    en="Pro Santé Connect has not confirmed who you are. Start again from your software.",
): ...


class AccountLocked(
    Forbidden,
    code="account.locked",
    fr="Votre compte est verrouillé depuis le {since}. Appelez l'assistance pour le rouvrir.",
    en="Your account is locked since {since}. Call the support to open it again.",
): ...


class LoginTooOld(
    Forbidden,
    code="account.login_too_old",
    fr="Pour changer cela, connectez-vous de nouveau : votre connexion date de plus de cinq minutes.",
    en="To change this, log in again: you logged in more than five minutes ago.",
): ...


class WeakPassword(
    Malformed,
    code="account.password_weak",
    fr="Ce mot de passe est trop court, ou trop facile à deviner : choisissez au moins 12"
    " caractères, par exemple quatre mots sans lien.",
    en="This password is too short, or too easily guessed: choose at least 12 characters, four"
    " unrelated words for example.",
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


class ParameterUnknown(
    Malformed,
    code="request.parameter_unknown",
    fr="Ce paramètre de recherche n'est pas connu ici : {name}.",
    en="This search parameter is not known here: {name}.",
): ...


class NotAcceptable(
    Malformed,
    code="request.not_acceptable",
    fr="Ce format n'est pas servi ici : demandez {expected}.",
    en="This format is not served here: ask for {expected}.",
): ...


class ElementNotChangeable(
    Malformed,
    code="request.element_not_changeable",
    fr="Seuls le statut, la confidentialité, l'archivage et la suppression d'une fiche se modifient, pas {field}.",
    en="Only status, confidentiality, archiving and deletion of an entry can be changed, not {field}.",
): ...


class GrantUnsupported(
    Malformed,
    code="token.grant_unsupported",
    fr="Ce type d'autorisation (grant_type) n'est pas pris en charge ; utilisez {expected}.",
    en="This grant_type is not supported; use {expected}.",
): ...


class RedirectRefused(
    Malformed,
    code="oauth.redirect",
    fr="Cette application n'est pas connue ici, ou l'adresse de retour n'est pas la sienne. Prévenez son éditeur.",
    en="This app is not known here, or the address to return to is none of its own. Tell its publisher.",
): ...


class ResponseTypeUnsupported(
    Malformed,
    code="oauth.response_type",
    fr="Seul le code d'autorisation est servi ici (response_type=code).",
    en="Only the authorization code is served here (response_type=code).",
): ...


class ScopeRefused(
    Malformed,
    code="oauth.scope",
    fr="Aucune des portées demandées (scope) ne peut être accordée à cette application.",
    en="None of the scopes asked for can be granted to this app.",
): ...


class GrantInvalid(
    Malformed,
    code="oauth.grant",
    fr="Ce code ou ce jeton a expiré, a déjà servi, ou n'est pas le vôtre. Redemandez l'autorisation.",
    en="This code or token is not valid, has expired, was used or is not yours. Ask for authorization again.",
): ...


class ClientNotAllowed(
    Malformed,
    code="oauth.client_not_allowed",
    fr="Cette application n'a pas le droit de demander cela.",
    en="This app may not ask for that.",
): ...


class InteractionRequired(
    Malformed,
    code="oauth.interaction_required",
    fr="Le patient doit se connecter et donner son accord : ne demandez pas prompt=none.",
    en="The patient has to log in and agree: do not ask for prompt=none.",
): ...


# Unauthenticated ---------------------------------------------------------------------------------


class TokenMissing(
    Unauthenticated,
    code="token.missing",
    fr="Connectez-vous : la demande ne porte pas de jeton d'accès.",
    en="Log in: the request carries no access token.",
): ...


class PossessionUnproven(
    Unauthenticated,
    code="token.possession",
    fr="Ce jeton est lié à une clé, et la requête n'est pas signée par elle (DPoP). Signez-la à neuf et renvoyez-la.",
    en="This token is bound to a key, and the request is not signed by it (DPoP). Sign it anew and send it again.",
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


class ClientUnknown(
    Unauthenticated,
    code="oauth.client",
    fr="Cette application n'est pas connue, est suspendue, ou n'a pas prouvé qui elle est.",
    en="This app is not known, is suspended, or has not proven who it is.",
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


class NotAMinor(
    Forbidden,
    code="access.not_a_minor",
    fr="La connexion secrète est réservée aux dossiers de mineurs.",
    en="The secret connection is for records of minors only.",
): ...


class NotShared(
    Forbidden,
    code="access.not_shared",
    fr="Le titulaire ne vous a pas donné ce droit. Demandez-le-lui.",
    en="The holder has not given you this right. Ask them for it.",
): ...


class ScopeMissing(
    Forbidden,
    code="access.scope",
    fr="Le patient n'a pas accordé cet accès à l'application, ou l'application n'est plus référencée.",
    en="The patient has not granted this access to the app, or the app is no longer listed.",
): ...


class NotAuthor(
    Forbidden,
    code="document.not_author",
    fr="Seul l'auteur du document, ou sa structure, peut faire cela.",
    en="Only the author of the document, or the same organisation, may do this.",
): ...


# Missing -----------------------------------------------------------------------------------------


class FolderNotFound(
    Missing,
    code="folder.not_found",
    fr="Ce classeur n'existe pas. Créez-le d'abord.",
    en="There is no such folder. Make it first.",
): ...


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


class ConsentUnknown(
    Missing,
    code="consent.unknown",
    fr="Cette décision du patient n'existe pas, ou n'est plus en vigueur.",
    en="There is no such decision of the patient, or it is no longer in force.",
): ...


class RouteNotFound(
    Missing,
    code="route.not_found",
    fr="Cette adresse n'existe pas.",
    en="This address does not exist.",
): ...


class AuthorizationGone(
    Missing,
    code="oauth.authorization_gone",
    fr="Cette demande a expiré, a reçu sa réponse, ou vient d'un autre navigateur. Repartez de l'application.",
    en="This request for access has expired, was answered, or is another browser's. Start again from the app.",
): ...


class AccountNotFound(
    Missing,
    code="account.not_found",
    fr="Aucun compte n'est ouvert avec cette carte. Ouvrez-en un.",
    en="No account is open with this card. Open one.",
): ...


class InvitationGone(
    Missing,
    code="carer.invitation_gone",
    fr="Cette invitation n'existe pas, a expiré, ou a déjà reçu sa réponse. Demandez-en une nouvelle.",
    en="This invitation does not exist, has expired, or was answered. Ask for another.",
): ...


class SoftwareNotFound(
    Missing,
    code="software.not_found",
    fr="Aucun logiciel n'est homologué sous ce numéro.",
    en="No software is homologated under this number.",
): ...


class ClientNotFound(
    Missing,
    code="oauth.client_not_found",
    fr="Aucune application n'est enregistrée sous ce nom.",
    en="No app is registered under this name.",
): ...


class HeadNotFound(
    Missing,
    code="journal.head_not_found",
    fr="Aucune tête signée du journal n'a cette taille. Prenez une taille de la liste des têtes.",
    en="No signed head of the journal has this size. Take a size from the list of heads.",
): ...
