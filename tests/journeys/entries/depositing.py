"""Steps: documents are uploaded and deposited, one by one and as a submission set."""

from chassis.access_rules import NoEntry
from contracts.cda import CdaIdentifier
from contracts.records.api import Records
from contracts.records.deposits import DepositDocument, PrepareDeposit
from contracts.records.submission_sets import (
    DepositSubmissionSet,
    PrepareSubmissionSet,
    SubmissionSetDocument,
    SubmissionSetMetadata,
)
from contracts.vocabulary import OID_TEST, ContentId, DocumentId, Visibility
from tests.journeys.entries.callers import READING_ONLY
from tests.journeys.entries.data_plane import TransferMethods, UploadOfContent
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import NOBODY, ScenarioStep, allowed, refused

SECRET = Visibility.INVISIBLE_REPRESENTANTS_LEGAUX
INVISIBLE = Visibility.INVISIBLE_PATIENT
MASKED = Visibility.MASQUE_PS
_EXECUTABLE = b"MZ\x90\x00"


def document(run: ScenarioRun, name: str) -> DocumentId:
    """The id of a document deposited by `deposited`."""
    return run.last(Records.deposit_document, name).document.document_id


def prepares(of: str, name: str, *, secret: bool = False) -> ScenarioStep:
    return allowed(
        Records.prepare_deposit,
        "hospital",
        lambda run: PrepareDeposit(patient_id=run.id(of), secret=secret),
        keep=name,
    )


def upload(run: ScenarioRun, name: str, content: bytes) -> UploadOfContent:
    ticket = run.last(Records.prepare_deposit, name)
    return UploadOfContent(content_id=ticket.content_id, ticket=ticket.ticket, content=content)


def upload_of_set(run: ScenarioRun, place: int, content: bytes) -> UploadOfContent:
    ticket = run.last(Records.prepare_lot).tickets[place]
    return UploadOfContent(content_id=ticket.content_id, ticket=ticket.ticket, content=content)


def deposited(
    name: str, *marks: Visibility, of: str = "holder", content: str = "", secret: bool = False
) -> tuple[ScenarioStep, ...]:
    """A whole deposit by the hospital doctor.

    Args:
        content: the name of the bytes, if they are those of an earlier deposit.
        secret: in a secret connection.
    """
    return (
        prepares(of, name, secret=secret),
        allowed(
            TransferMethods.upload,
            "hospital",
            lambda run: upload(run, name, run.content(content or name, of)),
            keep=name,
        ),
        allowed(
            Records.deposit_document,
            "hospital",
            lambda run: DepositDocument(
                patient_id=run.id(of), receipt=run.last(TransferMethods.upload, name).receipt, visibility=marks
            ),
            keep=name,
            secret=SECRET in marks,
            withheld=INVISIBLE in marks,
            skip=NoEntry.REPEATED if content else None,
        ),
    )


def uploaded_in_secret(name: str) -> tuple[ScenarioStep, ...]:
    """A content about the minor that arrived in a secret connection."""
    return (
        prepares("minor", name, secret=True),
        allowed(
            TransferMethods.upload,
            "hospital",
            lambda run: upload(run, name, run.content(name, "minor")),
            keep=name,
        ),
    )


def prepares_set(count: int) -> ScenarioStep:
    return allowed(
        Records.prepare_lot,
        "hospital",
        lambda run: PrepareSubmissionSet(patient_id=run.id("holder"), count=count),
    )


def uploads_to_set(place: int, name: str, *, of_document: str = "") -> ScenarioStep:
    """One content of the set; with the unique id of another document, it will be refused."""
    return allowed(
        TransferMethods.upload,
        "hospital",
        lambda run: upload_of_set(run, place, run.content(name, unique_id=unique_id(run, of_document))),
        keep=name,
    )


def unique_id(run: ScenarioRun, name: str) -> str:
    return run.last(Records.deposit_document, name).document.unique_id if name else ""


def deposits_set(run: ScenarioRun, *names: str) -> DepositSubmissionSet:
    receipts = [run.last(TransferMethods.upload, name).receipt for name in names]
    return DepositSubmissionSet(
        patient_id=run.id("holder"), documents=tuple(SubmissionSetDocument(receipt=receipt) for receipt in receipts)
    )


SINGLE = (
    refused(
        "software.refused",
        Records.prepare_deposit,
        READING_ONLY,
        lambda run: PrepareDeposit(patient_id=run.id("holder")),
    ),
    refused(
        "ticket.invalid",
        TransferMethods.upload,
        NOBODY,
        lambda run: UploadOfContent(content_id=ContentId(run.unknown_id()), ticket="", content=b""),
    ),
    prepares("holder", "executable"),
    refused(
        "document.type_unsupported",
        TransferMethods.upload,
        "hospital",
        lambda run: upload(run, "executable", _EXECUTABLE),
        journal_of=("holder",),
    ),
    prepares("minor", "secret executable", secret=True),
    refused(
        "document.type_unsupported",
        TransferMethods.upload,
        "hospital",
        lambda run: upload(run, "secret executable", _EXECUTABLE),
        journal_of=("minor",),
        secret=True,
    ),
    *deposited("plain"),
    refused(
        "ticket.invalid",
        TransferMethods.upload,
        "hospital",
        lambda run: run.sent(TransferMethods.upload, "plain"),
        skip=NoEntry.SPENT_TICKET,
    ),
    refused(
        "ticket.invalid",
        Records.deposit_document,
        "hospital",
        lambda run: run.sent(Records.deposit_document, "plain"),
    ),
    refused(
        "token.invalid",
        Records.deposit_document,
        "hospital",
        lambda run: DepositDocument(patient_id=run.id("minor"), receipt="", visibility=(SECRET,)),
        secret=True,
    ),
    *deposited("plain again", content="plain"),
    *deposited("masked", MASKED),
    *deposited("invisible", INVISIBLE),
    *deposited("deleted"),
    *deposited("secret", SECRET, of="minor", secret=True),
    refused(
        "ticket.invalid",
        Records.deposit_document,
        "hospital",
        lambda run: run.sent(Records.deposit_document, "secret"),
        secret=True,
    ),
    *uploaded_in_secret("of another"),
    refused(
        "document.header_contradicts",
        Records.deposit_lot,
        "hospital",
        lambda run: DepositSubmissionSet(
            patient_id=run.id("minor"),
            documents=(SubmissionSetDocument(receipt=run.last(TransferMethods.upload, "of another").receipt),),
            lot=SubmissionSetMetadata(patient=(CdaIdentifier(root=OID_TEST, extension="1"),)),
        ),
        secret=True,
    ),
    *uploaded_in_secret("not marked"),
    refused(
        "document.secret_required",
        Records.deposit_document,
        "hospital",
        lambda run: DepositDocument(
            patient_id=run.id("minor"), receipt=run.last(TransferMethods.upload, "not marked").receipt
        ),
        secret=True,
    ),
)

SETS = (
    refused(
        "lot.too_large",
        Records.prepare_lot,
        "hospital",
        lambda run: PrepareSubmissionSet(patient_id=run.id("holder"), count=10_000),
    ),
    prepares_set(3),
    uploads_to_set(0, "first of refused"),
    uploads_to_set(1, "second of refused"),
    uploads_to_set(2, "third of refused", of_document="plain"),
    refused(
        "document.unique_id_taken",
        Records.deposit_lot,
        "hospital",
        lambda run: deposits_set(run, "first of refused", "second of refused", "third of refused"),
    ),
    refused("ticket.invalid", Records.deposit_lot, "hospital", lambda run: run.sent(Records.deposit_lot)),
    refused(
        "lot.too_large",
        Records.deposit_lot,
        "hospital",
        lambda run: DepositSubmissionSet(
            patient_id=run.id("minor"), documents=(SubmissionSetDocument(receipt="", visibility=(SECRET,)),) * 51
        ),
        secret=True,
    ),
    prepares_set(2),
    uploads_to_set(0, "first"),
    uploads_to_set(1, "second"),
    allowed(Records.deposit_lot, "hospital", lambda run: deposits_set(run, "first", "second"), items=2),
)

STEPS = (*SINGLE, *SETS)
