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


class RecordAlreadyOpen(Conflict, code="record.already_open"): ...


class AccountExists(Conflict, code="account.exists"): ...


class UniqueIdTaken(Conflict, code="document.unique_id_taken"): ...


class NotCurrentVersion(Conflict, code="document.not_current"): ...


class DocumentTransitionRefused(Conflict, code="document.transition", fields=("status",)): ...


class MarkNotChangeable(Conflict, code="document.mark_not_changeable"): ...


class VersionMoved(Conflict, code="document.version_moved"): ...


class ExpectationFailed(Contradiction, code="document.test_failed", fields=("field",)): ...


class RecordTransitionRefused(Conflict, code="record.transition", fields=("status",)): ...


class SecondSignatureAwaited(Conflict, code="operator.second_signature", fields=("until",)): ...


class InsTaken(Conflict, code="ins.taken"): ...


class DeathReported(Conflict, code="patient.death_reported"): ...


class IdentitiesJoined(Conflict, code="patient.joined"): ...


class SecondAgentAwaited(Conflict, code="agent.second_signature", fields=("until",)): ...


class SameOperator(Forbidden, code="operator.same_operator"): ...


class RecordNotDestroyed(Conflict, code="record.not_destroyed"): ...


class ContentStillHeld(Conflict, code="document.content_held"): ...


# Content -----------------------------------------------------------------------------------------


class ContentTooLarge(TooLarge, code="document.too_large", fields=("limit",)): ...


class MediaTypeRefused(Unsupported, code="document.type_unsupported"): ...


class ContentContradicted(Contradiction, code="document.content_contradicted"): ...


class PasswordNeeded(Contradiction, code="document.password_needed"): ...


class CarerRepresents(Conflict, code="carer.represents"): ...


class RepresentationRequestsFull(Conflict, code="representation.requests_full", fields=("most",)): ...


class CarersFull(Conflict, code="carer.full", fields=("most",)): ...


class AuthenticatorExists(Conflict, code="account.authenticator_exists"): ...


class ContentInfected(Contradiction, code="document.infected", fields=("name",)): ...


class TooManyPersons(Contradiction, code="patient.too_many", fields=("most",)): ...


class ArrangementFull(Conflict, code="folder.full", fields=("most",)): ...


class FolderNameTaken(Conflict, code="folder.name_taken"): ...


class RequestTooLarge(TooLarge, code="request.too_large", fields=("limit",)): ...


class RequestTypeUnsupported(Unsupported, code="request.type_unsupported", fields=("expected",)): ...


class NotACda(Contradiction, code="document.not_a_cda"): ...


class HeaderInvalid(Contradiction, code="document.header_invalid", fields=("field",)): ...


class HeaderContradicts(Contradiction, code="document.header_contradicts", fields=("field",)): ...


class PatientContradicted(Contradiction, code="document.patient_contradicted", fields=("field",)): ...


class IdentitiesContradict(Contradiction, code="patient.identities_contradict"): ...


class NotAsStated(Contradiction, code="document.not_as_stated", fields=("field",)): ...


class MetadataMissing(Contradiction, code="document.metadata_missing", fields=("field",)): ...


class CorrectionRefused(Contradiction, code="document.correction_refused", fields=("field",)): ...


class TypeNotForDepositor(Contradiction, code="document.type_not_for_depositor", fields=("type", "depositor")): ...


class SubmissionSetTooLarge(TooLarge, code="lot.too_large", fields=("limit",)): ...


class RangeBeyond(Contradiction, code="document.range_beyond", fields=("size",)): ...


class NotRenderable(Contradiction, code="document.not_renderable"): ...


class ContentTruncated(Malformed, code="document.truncated"): ...


class LengthRequired(Malformed, code="document.length_required"): ...


class TicketInvalid(Forbidden, code="ticket.invalid"): ...


# Busy --------------------------------------------------------------------------------------------


class TooManyRequests(TooMany, code="request.too_many", fields=("seconds",)): ...


class QuotaExceeded(
    TooMany,
    code="software.quota",
    fields=(
        "quota",
        "seconds",
    ),
): ...


class TooManyAttempts(TooMany, code="login.too_many", fields=("seconds",)): ...


class ContentDamaged(Unavailable, code="document.damaged", alarms=True): ...


class MasterKeyMissing(ContentDamaged, code="document.key_missing"): ...


class SignInUnavailable(Unavailable, code="login.pro_sante_connect_unavailable"): ...


class ServiceUnavailable(Unavailable, code="service.unavailable"): ...


class DeadlineExceeded(Unavailable, code="service.deadline"): ...


class ServiceFault(Unavailable, code="service.fault"): ...
