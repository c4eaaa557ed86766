"""What a deposit says must agree with itself, with the record and with what was deposited before."""

from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
import requests

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST
from tests.support.people import Holder, activate, deposit, document_for, new_patient, new_unique_id, open_record
from tests.support.refusing import expect
from tests.support.trails import line


@pytest.fixture
def holder(demo: DemoPeople) -> Holder:
    return open_record(demo)


@pytest.fixture
def depositor(demo: DemoPeople) -> ApiClient:
    return demo.logged_in("hospital")


@pytest.fixture
def patient(demo: DemoPeople, holder: Holder) -> ApiClient:
    return activate(demo, holder)


def nothing_entered(patient: ApiClient, holder: Holder) -> bool:
    """No document, and whoever tried is in the journal."""
    line(patient, holder.record, "depot_document", outcome="refused", actor_role="professional")
    return not patient.list_documents(holder.record)["documents"]


def test_another_patient_in_the_header(
    demo: DemoPeople, holder: Holder, depositor: ApiClient, patient: ApiClient
) -> None:
    stray = document_for(demo, open_record(demo))
    expect("document.header_contradicts", 422, deposit, depositor, holder, stray)
    assert nothing_entered(patient, holder)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(b'code="SYNTH"', b'code="SYNTHESE"'), (b"1.2.250.1.213.1.1.1.13", b"1.2.250.1.213.1.1.1.999")],
    ids=["type", "format"],
)
def test_a_code_that_no_table_knows(
    demo: DemoPeople, holder: Holder, depositor: ApiClient, patient: ApiClient, right: bytes, wrong: bytes
) -> None:
    content = document_for(demo, holder)
    assert right in content
    expect("document.header_invalid", 422, deposit, depositor, holder, content.replace(right, wrong, 1))
    assert nothing_entered(patient, holder)


def test_a_header_that_is_no_header(
    demo: DemoPeople, holder: Holder, depositor: ApiClient, patient: ApiClient
) -> None:
    content = document_for(demo, holder)
    expect("document.not_a_cda", 422, deposit, depositor, holder, content.replace(b"<title>", b"<titre>", 1))
    expect("document.not_a_cda", 422, deposit, depositor, holder, content[:-20])
    assert nothing_entered(patient, holder)


@pytest.mark.parametrize("missing", [1, 2000])
def test_a_body_shorter_than_the_length_it_announced(
    demo: DemoPeople, holder: Holder, depositor: ApiClient, patient: ApiClient, missing: int
) -> None:
    content = document_for(demo, holder)
    _send(depositor, holder, content[:-missing], announced=len(content)).close()
    entry = deposit(depositor, holder, content)
    assert [one["document_id"] for one in patient.list_documents(holder.record)["documents"]] == [
        entry["document_id"]
    ]
    assert depositor.download(holder.record, str(entry["document_id"])) == content


def test_a_body_longer_than_the_length_it_announced(
    demo: DemoPeople, holder: Holder, depositor: ApiClient, patient: ApiClient
) -> None:
    content = document_for(demo, holder)
    connection = _send(depositor, holder, content, announced=len(content) - 20)
    assert 400 <= connection.getresponse().status < 500
    connection.close()
    assert patient.list_documents(holder.record)["documents"] == []


def test_a_length_that_is_not_announced(demo: DemoPeople, holder: Holder, depositor: ApiClient) -> None:
    answer = requests.post(
        _address(depositor, holder),
        data=iter([document_for(demo, holder)]),
        headers={"Authorization": f"Bearer {depositor.token}"},
        timeout=10,
    )
    assert (answer.status_code, answer.json()["code"]) == (411, "document.length_required")


def test_other_bytes_under_a_unique_id_that_is_taken(demo: DemoPeople, holder: Holder, depositor: ApiClient) -> None:
    unique_id = new_unique_id()
    content = document_for(demo, holder, unique_id=unique_id)
    entry = deposit(depositor, holder, content)
    expect("document.unique_id_taken", 409, deposit, depositor, holder, content.replace(b"</title>", b".</title>", 1))
    assert deposit(depositor, holder, content) == entry
    assert depositor.download(holder.record, str(entry["document_id"])) == content


def test_the_same_bytes_by_another_hand_are_no_deposit_made_again(
    demo: DemoPeople, holder: Holder, depositor: ApiClient
) -> None:
    content = document_for(demo, holder)
    deposit(depositor, holder, content)
    expect("document.unique_id_taken", 409, deposit, demo.logged_in("specialist"), holder, content)


@pytest.mark.parametrize(("of_record", "of_header"), [(OID_NIR, OID_NIA), (OID_NIA, OID_NIR), (OID_NIR, OID_TEST)])
def test_a_real_identity_under_another_list(
    demo: DemoPeople, depositor: ApiClient, of_record: str, of_header: str
) -> None:
    holder = open_record(demo, new_patient(oid=of_record))
    content = document_for(demo, holder)
    stray = content.replace(of_record.encode(), of_header.encode())
    assert stray != content
    expect("document.header_contradicts", 422, deposit, depositor, holder, stray)
    assert deposit(depositor, holder, content)


def test_a_test_identity_may_stand_under_any_list(demo: DemoPeople, holder: Holder, depositor: ApiClient) -> None:
    content = document_for(demo, holder)
    assert deposit(depositor, holder, content.replace(OID_TEST.encode(), OID_DEMO.encode()))


def test_what_the_client_says_of_the_type_is_not_believed(
    demo: DemoPeople, holder: Holder, depositor: ApiClient
) -> None:
    answer = requests.post(
        _address(depositor, holder),
        data=document_for(demo, holder),
        headers={"Authorization": f"Bearer {depositor.token}", "Content-Type": "application/pdf"},
        timeout=10,
    )
    assert answer.status_code == 201
    assert "xml" in answer.json()["media_type"]


def _address(depositor: ApiClient, holder: Holder) -> str:
    return f"{depositor.gateway}/dmp/records/{holder.record}/documents"


def _send(depositor: ApiClient, holder: Holder, body: bytes, *, announced: int) -> HTTPConnection:
    address = urlsplit(_address(depositor, holder))
    connection = HTTPConnection(address.hostname or "", address.port, timeout=10)
    headers = {"Authorization": f"Bearer {depositor.token}", "Content-Length": str(announced)}
    connection.request("POST", address.path, body=body, headers=headers)
    return connection
