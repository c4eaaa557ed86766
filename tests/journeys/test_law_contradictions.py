"""A deposit must be consistent with its header, the record, its announced length and earlier deposits."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from client.patient import PatientClient
from client.people import DemoPeople
from client.professional import ProfessionalClient
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST
from tests.support.journal_and_notices import wait_for_line
from tests.support.people import (
    Holder,
    activate_account,
    deposit,
    document_for,
    new_patient,
    new_unique_id,
    open_record,
)
from tests.support.refusals import expect_refusal


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def depositor(demo: DemoPeople) -> ProfessionalClient:
    return demo.logged_in("hospital")


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> PatientClient:
    return activate_account(demo, holder)


def is_empty_and_journalled(patient: PatientClient, holder: Holder) -> bool:
    """Whether the record has no document and the refused deposit is in the journal."""
    wait_for_line(patient, holder.record, "depot_document", outcome="refused", actor_role="professional")
    return not patient.list_documents(holder.record).documents


def test_a_document_about_another_patient_is_refused(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient, patient: PatientClient
) -> None:
    stray = document_for(demo, open_record(demo))
    expect_refusal("document.header_contradicts", 422, deposit, depositor, holder, stray)
    assert is_empty_and_journalled(patient, holder)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(b'code="SYNTH"', b'code="SYNTHESE"'), (b"1.2.250.1.213.1.1.1.13", b"1.2.250.1.213.1.1.1.999")],
    ids=["type", "format"],
)
def test_an_unknown_code_in_the_header_is_refused(
    demo: DemoPeople,
    holder: Holder,
    depositor: ProfessionalClient,
    patient: PatientClient,
    right: bytes,
    wrong: bytes,
) -> None:
    content = document_for(demo, holder)
    assert right in content
    expect_refusal("document.header_invalid", 422, deposit, depositor, holder, content.replace(right, wrong, 1))
    assert is_empty_and_journalled(patient, holder)


def test_a_malformed_or_truncated_document_is_refused(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient, patient: PatientClient
) -> None:
    content = document_for(demo, holder)
    expect_refusal("document.not_a_cda", 422, deposit, depositor, holder, content.replace(b"<title>", b"<titre>", 1))
    expect_refusal("document.not_a_cda", 422, deposit, depositor, holder, content[:-20])
    assert is_empty_and_journalled(patient, holder)


@pytest.mark.parametrize("missing", [1, 2000])
def test_a_body_shorter_than_its_content_length_stores_nothing(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient, patient: PatientClient, missing: int
) -> None:
    content = document_for(demo, holder)
    _send(depositor, holder, content[:-missing], content_length=len(content)).close()
    entry = deposit(depositor, holder, content)
    assert [str(document.document_id) for document in patient.list_documents(holder.record).documents] == [
        str(entry.document_id)
    ]
    assert depositor.download(holder.record, str(entry.document_id)) == content


def test_a_body_longer_than_its_content_length_is_refused(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient, patient: PatientClient
) -> None:
    content = document_for(demo, holder)
    connection = _send(depositor, holder, content, content_length=len(content) - 20)
    assert 400 <= connection.getresponse().status < 500
    connection.close()
    assert patient.list_documents(holder.record).documents == ()


def test_a_deposit_without_content_length_is_refused(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    answer = requests.post(
        _address(depositor, holder),
        data=iter([document_for(demo, holder)]),
        headers={"Authorization": f"Bearer {depositor.token}"},
        timeout=10,
    )
    assert (answer.status_code, answer.json()["code"]) == (411, "document.length_required")


def test_other_bytes_under_a_used_unique_id_are_refused(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    unique_id = new_unique_id()
    content = document_for(demo, holder, unique_id=unique_id)
    entry = deposit(depositor, holder, content)
    expect_refusal(
        "document.unique_id_taken", 409, deposit, depositor, holder, content.replace(b"</title>", b".</title>", 1)
    )
    assert deposit(depositor, holder, content) == entry
    assert depositor.download(holder.record, str(entry.document_id)) == content


def test_the_same_bytes_from_another_depositor_are_refused(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    content = document_for(demo, holder)
    deposit(depositor, holder, content)
    expect_refusal("document.unique_id_taken", 409, deposit, demo.logged_in("specialist"), holder, content)


@pytest.mark.parametrize(("of_record", "of_header"), [(OID_NIR, OID_NIA), (OID_NIA, OID_NIR), (OID_NIR, OID_TEST)])
def test_a_real_identity_under_another_oid_is_refused(
    demo: DemoPeople, depositor: ProfessionalClient, of_record: str, of_header: str
) -> None:
    holder = open_record(demo, new_patient(oid=of_record))
    content = document_for(demo, holder)
    stray = content.replace(of_record.encode(), of_header.encode())
    assert stray != content
    expect_refusal("document.header_contradicts", 422, deposit, depositor, holder, stray)
    assert deposit(depositor, holder, content)


def test_a_test_identity_is_accepted_under_another_test_oid(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    content = document_for(demo, holder)
    assert deposit(depositor, holder, content.replace(OID_TEST.encode(), OID_DEMO.encode()))


def test_the_media_type_is_detected_and_not_taken_from_the_client(
    demo: DemoPeople, holder: Holder, depositor: ProfessionalClient
) -> None:
    answer = requests.post(
        _address(depositor, holder),
        data=document_for(demo, holder),
        headers={"Authorization": f"Bearer {depositor.token}", "Content-Type": "application/pdf"},
        timeout=10,
    )
    assert answer.status_code == 201
    assert "xml" in answer.json()["media_type"]


def _address(depositor: ProfessionalClient, holder: Holder) -> str:
    return f"{depositor.gateway}/dmp/records/{holder.record}/documents"


def _send(depositor: ProfessionalClient, holder: Holder, body: bytes, *, content_length: int) -> HTTPConnection:
    address = urlsplit(_address(depositor, holder))
    connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
    headers = {"Authorization": f"Bearer {depositor.token}", "Content-Length": str(content_length)}
    connection.request("POST", address.path, body=body, headers=headers)
    return connection
