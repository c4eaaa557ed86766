"""A minor's secret connection: what is done in it is visible to the minor and hidden from representatives."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from client.api_client import ApiClient
from client.people import DemoPeople
from contracts.vocabulary import Section, Visibility
from deploy.dev.authority import VitaleCard
from deploy.dev.stack import Stack
from tests.support.clock import reach_majority
from tests.support.document_access import ACCESS_BY_ID, all_lists, lists_containing
from tests.support.journal_and_notices import (
    expect_notices,
    is_gapless,
    journal_lines,
    notice_codes,
    wait_for_line,
    whole_journal,
)
from tests.support.people import (
    Holder,
    activate_account,
    authorised_doctor,
    deposit,
    deposit_new,
    document_for,
    new_minor,
    new_patient,
    open_record,
)
from tests.support.refusals import expect_refusal, refusal_of
from tests.support.staff import BIRTH_EVIDENCE, agent_client, appoint_representative

SECRET = Visibility.INVISIBLE_REPRESENTANTS_LEGAUX
IN_SECRET = {"secret": "true"}


@dataclass(frozen=True)
class Family:
    """A minor and a parent, each logged in to an own account; `parent_id` is the parent's own record."""

    child: Holder
    minor: ApiClient
    parent: ApiClient
    parent_id: str


@pytest.fixture(scope="module")
def family(platform: Stack, demo: DemoPeople) -> Family:
    return make_family(platform, demo)


def make_family(platform: Stack, demo: DemoPeople) -> Family:
    child, adult = open_record(demo, new_minor()), open_record(demo)
    representation = appoint_representative(platform, demo, child, adult.card)
    assert str(representation.representative) == adult.record
    return Family(child, activate_account(demo, child), activate_account(demo, adult), adult.record)


@pytest.fixture(scope="module")
def secret(demo: DemoPeople, family: Family) -> str:
    """Id of a document deposited, read, archived and restored in the secret connection."""
    doctor, record = demo.logged_in("hospital"), family.child.record
    document = deposit_new(demo, family.child, SECRET, **IN_SECRET)
    assert lists_containing(doctor, record, document, **IN_SECRET)
    assert doctor.download(record, document, **IN_SECRET)
    doctor.set_archived(record, document, True)
    doctor.set_archived(record, document, False)
    expect_refusal(
        "document.type_unsupported", 415, deposit, doctor, family.child, b"MZ\x90\x00", SECRET, **IN_SECRET
    )
    expect_refusal("document.secret_required", 400, deposit_new, demo, family.child, **IN_SECRET)
    return document


@pytest.fixture(scope="module")
def ordinary(demo: DemoPeople, family: Family, secret: str) -> str:
    """Id of an ordinary document, deposited after the secret one; waits for the journal lines of both."""
    document = deposit_new(demo, family.child)
    wait_for_line(family.minor, family.child.record, "depot_document", document_id=document)
    wait_for_line(family.minor, family.child.record, "depot_document", document_id=secret)
    wait_for_line(family.minor, family.child.record, "depot_document", reason="document.type_unsupported")
    wait_for_line(family.minor, family.child.record, "depot_document", reason="document.secret_required")
    expect_notices(family.minor, family.child.record, "AJOUT_DOCUMENT", times=2)
    return document


def test_the_secret_connection_accepts_only_documents_hidden_from_representatives(
    demo: DemoPeople, family: Family
) -> None:
    doctor, content = demo.logged_in("hospital"), document_for(demo, family.child)
    for marks in ((), (Visibility.MASQUE_PS,), (Visibility.INVISIBLE_PATIENT,)):
        expect_refusal("document.secret_required", 400, deposit, doctor, family.child, content, *marks, **IN_SECRET)


def test_the_minor_sees_the_secret_document_with_its_lines_and_notices(
    family: Family, secret: str, ordinary: str
) -> None:
    minor, record = family.minor, family.child.record
    assert minor.document(record, secret).visibility == (SECRET,)
    assert minor.download(record, secret)
    assert lists_containing(minor, record, secret)
    assert lists_containing(minor, record, ordinary)
    acts = {line.act for line in whole_journal(minor, record) if str(line.document_id) == secret}
    assert acts == {"depot_document", "consultation_document", "archivage_document", "desarchivage_document"}
    assert notice_codes(minor, record).count("MODIF_DOCUMENT") == 2
    assert is_gapless(whole_journal(minor, record))


def test_a_representative_reads_the_record_without_the_secret_document(
    family: Family, secret: str, ordinary: str
) -> None:
    parent, record = family.parent, family.child.record
    assert parent.download(record, ordinary)
    assert lists_containing(parent, record, ordinary)
    assert lists_containing(parent, record, secret) == []
    for section in (None, *Section):
        query = {} if section is None else {"section": section.value}
        page = parent.list_documents(record, count="1", superseded="true", archived="true", **query)
        assert page.next is None
        assert secret not in str(page)


def test_a_secret_id_and_an_unknown_id_are_the_same_to_a_representative(family: Family, secret: str) -> None:
    parent, record = family.parent, family.child.record
    for name, access in ACCESS_BY_ID.items():
        hidden = refusal_of(lambda access=access: access(parent, record, secret))  # type: ignore[misc]
        nothing = refusal_of(lambda access=access: access(parent, record, str(uuid4())))  # type: ignore[misc]
        assert hidden == nothing, name
    hidden = refusal_of(lambda: parent.document(record, secret, **IN_SECRET))
    assert hidden == refusal_of(lambda: parent.document(record, str(uuid4()), **IN_SECRET))
    assert all(secret not in ids for _, ids in all_lists(parent, record, **IN_SECRET))


def test_a_representative_gets_no_notice_of_the_secret_document(family: Family, ordinary: str) -> None:
    parent, record = family.parent, family.child.record
    expect_notices(parent, record, "AJOUT_DOCUMENT", times=1)
    assert "MODIF_DOCUMENT" not in notice_codes(parent, record)
    everything, page = notice_codes(parent, record), parent.notices(record, count="1")
    paged = [page[0].code]
    while page := parent.notices(record, count="1", before=page[0].id):
        paged.append(page[0].code)
    assert paged == everything


def test_notices_of_the_secret_document_are_not_sent_by_mail(demo: DemoPeople, family: Family, ordinary: str) -> None:
    secret_notices = [
        notice for notice in family.minor.notices(family.child.record) if notice.code == "MODIF_DOCUMENT"
    ]
    assert secret_notices
    assert all(not notice.sent for notice in secret_notices)
    messages = [notice.body for notice in demo.mailbox.messages(family.child.login.email)]
    assert all("modifié la visibilité" not in body for body in messages)


def test_a_representative_sees_no_secret_line_and_no_gap_in_the_numbering(
    family: Family, secret: str, ordinary: str
) -> None:
    parent, record = family.parent, family.child.record
    wait_for_line(parent, record, "depot_document", document_id=ordinary)
    read = whole_journal(parent, record)
    own = [line for line in read if line.actor_role == "patient" and line.who == "vous"]
    others = [line for line in read if line not in own]
    assert secret not in str(others)
    assert [str(line.document_id) for line in others if line.act == "depot_document"] == [ordinary]
    assert {"archivage_document", "desarchivage_document"}.isdisjoint(line.act for line in others)
    assert len({line.strand for line in read}) == 1
    assert is_gapless(read)
    assert journal_lines(parent, record, "consultation_liste", actor_role="professional") == []
    assert [str(line.document_id) for line in journal_lines(parent, record, "depot_document")] == [ordinary]
    assert secret not in str([line for line in parent.proofs(record).lines if "professional" in line.leaf])


def test_refusals_about_the_secret_document_are_hidden_from_representatives(
    demo: DemoPeople, family: Family, secret: str, ordinary: str
) -> None:
    doctor, stranger, record = authorised_doctor(demo, family.child), demo.logged_in("gp"), family.child.record
    expect_refusal("document.not_author", 403, doctor.delete_document, record, secret)
    expect_refusal("consent.missing", 403, stranger.download, record, secret)
    expect_refusal("document.not_found", 404, stranger.delete_document, record, secret)
    for act, reason in (
        ("suppression_document", "document.not_author"),
        ("consultation_document", "consent.missing"),
        ("suppression_document", "document.not_found"),
    ):
        wait_for_line(family.minor, record, act, reason=reason, document_id=secret, actor_role="professional")
    assert journal_lines(family.parent, record, "suppression_document", actor_role="professional") == []
    assert journal_lines(family.parent, record, "consultation_document", actor_role="professional") == []


def test_a_refused_secret_deposit_outside_the_secret_connection_is_hidden_too(
    demo: DemoPeople, family: Family
) -> None:
    doctor, record = demo.logged_in("hospital"), family.child.record
    stray = document_for(demo, open_record(demo))
    expect_refusal("document.header_contradicts", 422, deposit, doctor, family.child, stray, SECRET)
    wait_for_line(family.minor, record, "depot_document", reason="document.header_contradicts")
    assert journal_lines(family.parent, record, "depot_document", reason="document.header_contradicts") == []


def test_lists_of_a_representative_have_the_same_shape_with_and_without_a_secret(
    demo: DemoPeople, family: Family, ordinary: str
) -> None:
    """Compare the lists of two children, one of whom has a secret document."""
    other = open_record(demo, new_minor())
    page = family.parent.list_documents(family.child.record)
    deposit_new(demo, other)
    own = activate_account(demo, other).list_documents(other.record)
    assert (page.next, page.emergency) == (own.next, own.emergency)
    assert len(page.documents) == len(own.documents) == 1


def test_the_first_secret_reading_notifies_the_minor_and_the_first_ordinary_one_everybody(
    platform: Stack, demo: DemoPeople
) -> None:
    family = make_family(platform, demo)
    doctor, record = authorised_doctor(demo, family.child), family.child.record
    doctor.list_documents(record, **IN_SECRET)
    expect_notices(family.minor, record, "ACCES_DMP_PS")
    assert "ACCES_DMP_PS" not in notice_codes(family.parent, record)
    doctor.list_documents(record)
    expect_notices(family.minor, record, "ACCES_DMP_PS", times=2)
    expect_notices(family.parent, record, "ACCES_DMP_PS", times=1)


def test_an_adults_record_has_no_secret_connection(demo: DemoPeople) -> None:
    adult = open_record(demo)
    doctor, content = authorised_doctor(demo, adult, "hospital"), document_for(demo, adult)
    expect_refusal("access.not_a_minor", 403, deposit, doctor, adult, content, SECRET, **IN_SECRET)
    expect_refusal("access.not_a_minor", 403, doctor.list_documents, adult.record, **IN_SECRET)


def test_representation_ends_at_majority_and_secret_documents_stay_hidden(platform: Stack, demo: DemoPeople) -> None:
    family = make_family(platform, demo)
    parent, minor, record = family.parent, family.minor, family.child.record
    secret, doctor = deposit_new(demo, family.child, SECRET, **IN_SECRET), authorised_doctor(demo, family.child)
    assert parent.list_documents(record).documents == ()
    reach_majority(platform, record)
    for read in (parent.list_documents, parent.journal, parent.notices, parent.circle, parent.record):
        expect_refusal("record.not_found", 404, read, record)
    expect_refusal("record.not_found", 404, parent.set_default_masked, record, True)
    expect_refusal("access.not_a_minor", 403, doctor.list_documents, record, **IN_SECRET)
    assert minor.download(record, secret)
    assert SECRET in minor.document(record, secret).visibility


def test_a_representation_lasts_until_the_eighteenth_birthday(platform: Stack, demo: DemoPeople) -> None:
    child, adult = open_record(demo, new_minor(10)), open_record(demo)
    representation = appoint_representative(platform, demo, child, adult.card)
    born = child.patient.birth_date
    assert representation.until and representation.until.date() == born.replace(year=born.year + 18)


def test_only_an_agent_names_a_representative_for_a_minor_who_is_not_the_representative(
    platform: Stack, demo: DemoPeople
) -> None:
    adult, child, agent = open_record(demo), open_record(demo, new_minor()), agent_client(platform)
    proof = demo.vitale_proof(new_card(demo))
    expect_refusal("request.invalid", 400, agent.name_representative, adult.record, proof, "mineur", BIRTH_EVIDENCE)
    own = demo.vitale_proof(child.card)
    expect_refusal("request.invalid", 400, agent.name_representative, child.record, own, "mineur", BIRTH_EVIDENCE)
    proof = demo.vitale_proof(new_card(demo))
    for client in (demo.logged_in("gp"), activate_account(demo, child)):
        expect_refusal("access.role", 403, client.name_representative, child.record, proof, "mineur", BIRTH_EVIDENCE)


def test_the_representative_ends_a_representation_and_the_minor_cannot(platform: Stack, demo: DemoPeople) -> None:
    family = make_family(platform, demo)
    record, parent_id = family.child.record, family.parent_id
    assert family.minor.circle(record).representatives[0].representative == UUID(parent_id)
    expect_refusal("record.not_found", 404, family.minor.end_representation, record, parent_id)
    family.parent.list_documents(record)
    family.parent.end_representation(record, parent_id)
    expect_refusal("record.not_found", 404, family.parent.list_documents, record)
    assert (
        "mis fin à une représentation"
        in wait_for_line(family.minor, record, "fin_representation", outcome="allowed").fr
    )
    assert wait_for_line(family.minor, record, "nommer_representant").actor_role == "agent"


def test_a_person_who_does_not_represent_the_minor_finds_no_record(
    platform: Stack, demo: DemoPeople, family: Family
) -> None:
    stranger = activate_account(demo, open_record(demo))
    for read in (stranger.list_documents, stranger.journal, stranger.notices, stranger.circle, stranger.record):
        expect_refusal("record.not_found", 404, read, family.child.record)


def new_card(demo: DemoPeople) -> VitaleCard:
    """The card of a new person."""
    return demo.card_for(new_patient())
