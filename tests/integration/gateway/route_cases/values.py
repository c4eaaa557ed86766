"""Values that several groups of cases share."""

from datetime import UTC, datetime
from uuid import UUID

from contracts.envelope import Actor
from contracts.identity.logins import CodeSent
from contracts.identity.people import Token
from contracts.records.lifecycle import RecordDetails
from contracts.vocabulary import Finess, PatientId, RecordStatus, Role, Rpps
from tests.integration.gateway.builders import DOCUMENT, DOCUMENTS, PATIENT, a_document

RPPS = Rpps("10100000001")
FINESS = Finess("2A0000014")
OTHER_ID = PatientId(UUID("018f9c5e-be55-7a7c-8e98-7ddd8b5a6f7e"))
DOCUMENT_PATH = f"{DOCUMENTS}/{DOCUMENT}"
CREATED_AT = a_document().created_at
LATER = datetime(2027, 6, 29, 22, tzinfo=UTC)
CODE_SENT = CodeSent(attempt="at.te-mpt_1", expires_in=300)
TOKEN = Token(access_token="a.b.c", expires_in=600, actor=Actor(role=Role.PATIENT, subject=str(PATIENT)))
ACTIVE_RECORD = RecordDetails(patient_id=PATIENT, status=RecordStatus.ACTIVE, opened_at=CREATED_AT)
