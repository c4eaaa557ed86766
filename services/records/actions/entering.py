"""The entrance of a record: each document of a lot is checked, filed, journalled and told of."""

from collections.abc import Callable
from uuid import uuid4

import msgspec

from chassis.units import RequestContext
from contracts.documents import Arrival, Receipt
from contracts.errors import RecordNotActive, RecordNotFound, UniqueIdTaken
from contracts.records import DepositSubmissionSet, DocumentDeposited, SubmissionSetDocument
from contracts.vocabulary import Act, Ins, RecordStatus, Rpps, Visibility
from services.records.actions.access import Access
from services.records.domain import Filed, Standing
from services.records.domain.deposits import (
    DepositRules,
    check_arrival,
    check_can_replace,
    check_corrections,
    check_header_patient,
    check_not_deleted,
    check_stated_patient,
    file_document,
    is_same_deposit,
)
from services.records.domain.entries import Said, said_of_cda, said_of_file, with_parent
from services.records.domain.lots import Lot
from services.records.domain.marks import marks_of_deposit
from services.records.store import Cellar


class Presented(msgspec.Struct, frozen=True):
    """What has arrived, and what is asked for it."""

    arrival: Arrival
    asked: SubmissionSetDocument

    @property
    def name(self) -> str:
        """The uniqueId it is said to have."""
        if isinstance(self.arrival, Receipt):
            return self.arrival.header.unique_id
        return (self.asked.stated and self.asked.stated.unique_id) or ""

    @property
    def is_secret(self) -> bool:
        """Refused or not, what is to be hidden from representatives leaves no line before them."""
        return self.arrival.secret or Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in self.asked.visibility


class Entered(msgspec.Struct, frozen=True):
    """A document in the record; `created` is False where it was there before."""

    arrival: Arrival
    filed: Filed
    created: bool
    warnings: tuple[str, ...]


class Entrance:
    """Through which the documents of one lot come in."""

    def __init__(
        self, cellar: Cellar, call: RequestContext[DepositSubmissionSet], lot: Lot, rules: DepositRules
    ) -> None:
        self._cellar = cellar
        self._call = call
        self._lot = lot
        self._rules = rules
        self._patient_id = call.message.patient_id
        self._on_file: Standing | None = None

    def check_lot(self, check: Callable[[Ins], None]) -> None:
        """What is said of the lot fits the record; a refusal is journalled as one of a deposit."""
        secret = any(
            Visibility.INVISIBLE_REPRESENTANTS_LEGAUX in one.visibility for one in self._call.message.documents
        )
        access = Access(self._cellar, self._call, self._patient_id, Act.DEPOT_DOCUMENT, secret=secret)
        with access.journalled_refusal():
            check(self._standing()[1])

    def enter(self, one: Presented) -> Entered:
        """One document.

        Raises:
            Refusal: journalled.
        """
        access = Access(self._cellar, self._call, self._patient_id, Act.DEPOT_DOCUMENT, secret=one.is_secret)
        with access.journalled_refusal():
            said = self._checked(one)
            filed = self._filed(one, said)
            if not self._cellar.deposits.file(self._patient_id, filed):
                return Entered(one.arrival, self._there_before(one.arrival, said), False, said.warnings)
            self._take_the_place_of_older(filed)
        access.about(filed.document)
        access.granted()
        self._tell(filed, access)
        return Entered(one.arrival, filed, True, said.warnings)

    def _standing(self) -> tuple[Standing, Ins]:
        """The record may have been closed since the tickets were given."""
        if self._on_file is None:
            self._on_file = self._cellar.records.standing(self._patient_id, None)
        if self._on_file.ins is None:
            raise RecordNotFound
        if self._on_file.status is not RecordStatus.ACTIVE:
            raise RecordNotActive
        return self._on_file, self._on_file.ins

    def _checked(self, one: Presented) -> Said:
        """What is said of a document that may be entered."""
        check_arrival(one.arrival, self._patient_id, Rpps(self._call.actor.subject))
        _, ins = self._standing()
        stated = one.asked.stated
        if stated is not None:
            check_stated_patient(stated.patient, ins, field="subject")
        if isinstance(one.arrival, Receipt):
            check_header_patient(one.arrival.header, ins)
            said = said_of_cda(one.arrival, one.arrival.header, stated)
        else:
            said = said_of_file(one.arrival, stated)
        check_corrections(said.warnings, strict=self._call.message.strict)
        return self._with_parent(said, one)

    def _with_parent(self, said: Said, one: Presented) -> Said:
        """A stated parent is one the record holds; it is on file by its uniqueId, and the header agrees."""
        stated = one.asked.stated and one.asked.stated.replaces
        if not stated:
            return said
        return with_parent(said, self._cellar.deposits.version_on_file(self._patient_id, stated))

    def _filed(self, one: Presented, said: Said) -> Filed:
        marks = marks_of_deposit(
            one.asked.visibility,
            one.asked.invisible_until,
            secret=one.arrival.secret,
            default_masked=self._standing()[0].default_masked,
            rules=self._rules.marks,
            now=self._call.now,
        )
        return file_document(
            said,
            one.arrival,
            self._call.actor,
            marks,
            self._rules.plan,
            document_id=uuid4(),
            entry_uuid=uuid4(),
            lot_id=self._lot.lot_id,
            now=self._call.now,
        )

    def _take_the_place_of_older(self, filed: Filed) -> None:
        """A document that replaces one this record does not hold is simply the first version here."""
        parent = filed.document.replaces
        older = None if parent is None else self._cellar.deposits.version_on_file(self._patient_id, parent)
        if older is not None:
            check_can_replace(older, filed.depositor, filed.structure)
            self._cellar.deposits.supersede(self._patient_id, older.document.document_id, self._call.now)
            self._cellar.folders.follow(self._patient_id, older.document.document_id, filed.document.document_id)

    def _there_before(self, arrival: Arrival, said: Said) -> Filed:
        on_file = self._cellar.deposits.version_on_file(self._patient_id, said.unique_id)
        if on_file is None or not is_same_deposit(on_file, arrival):
            raise UniqueIdTaken
        check_not_deleted(on_file.document)
        return on_file

    def _tell(self, filed: Filed, access: Access) -> None:
        self._call.events.publish(
            DocumentDeposited(
                patient_id=self._patient_id,
                document_id=filed.document.document_id,
                content_id=filed.content_id,
                depositor=filed.depositor,
                **access.kept_from,
            )
        )
