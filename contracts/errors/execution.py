"""Refusals caused by the state of a record or account, by a document's content, or by load."""

from contracts.errors.base import (
    Conflict,
    Contradiction,
    Forbidden,
    Malformed,
    TooLarge,
    TooMany,
    Unavailable,
    Unsupported,
)

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


class DocumentTransitionRefused(
    Conflict,
    code="document.transition",
    fr="L'état de ce document ne le permet pas : {status}.",
    en="The state of this document does not permit it: {status}.",
): ...


class MarkNotChangeable(
    Conflict,
    code="document.mark_not_changeable",
    fr="Cette marque se pose au dépôt du document ; ensuite, seule l'invisibilité au patient peut être levée.",
    en="This mark is set when the document is deposited; later, only invisibility to the patient can be lifted.",
): ...


class VersionMoved(
    Conflict,
    code="document.version_moved",
    fr="La fiche a changé depuis sa lecture. Relisez-la, puis recommencez.",
    en="The entry has changed since it was read. Read it again, then repeat.",
): ...


class ExpectationFailed(
    Contradiction,
    code="document.test_failed",
    fr="La fiche n'est pas dans l'état attendu : {field}. Rien n'a été modifié.",
    en="The entry is not in the state expected: {field}. Nothing was changed.",
): ...


class RecordTransitionRefused(
    Conflict,
    code="record.transition",
    fr="L'état de ce dossier ne le permet pas : {status}.",
    en="The state of this record does not permit it: {status}.",
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
    fr="Ce contenu n'est pas accepté ; envoyez un CDA R2, un PDF, du texte, un RTF, un JPEG, un TIFF ou un PNG.",
    en="This kind of content is not accepted; send a CDA R2, a PDF, plain text, an RTF, a JPEG, a TIFF or a PNG.",
): ...


class ContentContradicted(
    Contradiction,
    code="document.content_contradicted",
    fr="Le fichier n'est pas jusqu'à sa fin ce que son début annonce.",
    en="The file is not to its end what its beginning says.",
): ...


class CarersFull(
    Conflict,
    code="carer.full",
    fr="C'est déjà {most} au plus : mettez fin à un partage avant d'en ouvrir un autre.",
    en="There are {most} already, the most there can be: end one before you share with another.",
): ...


class AuthenticatorExists(
    Conflict,
    code="account.authenticator_exists",
    fr="Une application d'authentification est déjà enregistrée. Retirez-la d'abord.",
    en="An authenticator app is on file already. Take it off first.",
): ...


class ContentInfected(
    Contradiction,
    code="document.infected",
    fr="Le fichier contient un programme malveillant ({name}) ; il n'a pas été gardé. Vérifiez votre poste.",
    en="The file holds malicious software ({name}); it was not kept. Check your computer.",
): ...


class TooManyPersons(
    Contradiction,
    code="patient.too_many",
    fr="Plus de {most} personnes répondent à ces traits. Précisez le prénom ou le sexe, ou cherchez par INS.",
    en="More than {most} people answer to these traits. State the given name or the sex, or search by INS.",
): ...


class ArrangementFull(
    Conflict,
    code="folder.full",
    fr="Vous en avez déjà {most}, le plus possible. Retirez-en pour en ajouter.",
    en="You have {most} already, the most there can be. Take some off to add more.",
): ...


class FolderNameTaken(
    Conflict,
    code="folder.name_taken",
    fr="Un autre classeur porte déjà ce nom. Choisissez-en un autre.",
    en="Another folder bears this name already. Choose another.",
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


class NotAsStated(
    Contradiction,
    code="document.not_as_stated",
    fr="Le fichier reçu n'est pas celui qui est annoncé : {field}. Vérifiez-le, puis renvoyez le dépôt.",
    en="The file received is not the one announced: {field}. Check it, then send the deposit again.",
): ...


class MetadataMissing(
    Contradiction,
    code="document.metadata_missing",
    fr="Ce fichier ne dit pas lui-même ce qu'il est : précisez {field}.",
    en="This file does not say by itself what it is: state {field}.",
): ...


class CorrectionRefused(
    Contradiction,
    code="document.correction_refused",
    fr="Le dépôt demande la rigueur, et {field} manque ou ne convient pas.",
    en="The deposit asks to be handled strictly, and {field} is missing or does not fit.",
): ...


class SubmissionSetTooLarge(
    TooLarge,
    code="lot.too_large",
    fr="Un lot compte de 1 à {limit} documents.",
    en="A lot holds 1 to {limit} documents.",
): ...


class RangeBeyond(
    Contradiction,
    code="document.range_beyond",
    fr="La plage demandée est hors du document, qui compte {size} octets.",
    en="The range that was asked for lies beyond the document, which has {size} bytes.",
): ...


class NotRenderable(
    Contradiction,
    code="document.not_renderable",
    fr="Ce document ne peut pas être mis en page : téléchargez-le tel quel.",
    en="This document cannot be shown as a page: download it as it is.",
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


class TooManyRequests(
    TooMany,
    code="request.too_many",
    fr="Trop de requêtes depuis cette adresse. Attendez {seconds} secondes.",
    en="Too many requests from this address. Wait {seconds} seconds.",
): ...


class QuotaExceeded(
    TooMany,
    code="software.quota",
    fr="Ce logiciel a dépassé ses {quota} requêtes par minute dans cette structure. Attendez {seconds} secondes.",
    en="This software has made more than its {quota} requests a minute in this structure. Wait {seconds} seconds.",
): ...


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


class SignInUnavailable(
    Unavailable,
    code="login.pro_sante_connect_unavailable",
    fr="Pro Santé Connect ne répond pas. Réessayez dans un instant, ou connectez-vous par carte CPS.",
    en="Pro Santé Connect does not answer. Try again in a moment, or log in by CPS card.",
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
