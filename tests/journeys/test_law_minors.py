"""A minor's secret connection: what is done in it exists for the minor and for nobody who represents them."""

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest

from cli.demo.client import ApiClient
from cli.demo.people import DemoPeople
from contracts.vocabulary import Section, Visibility
from deploy.dev.authority import VitaleCard
from deploy.dev.stack import Stack
from tests.support.clock import let_majority_come
from tests.support.people import (
    Holder,
    activate,
    authorised,
    deposit,
    deposited,
    document_for,
    new_minor,
    new_patient,
    open_record,
)
from tests.support.refusing import answer_to, expect
from tests.support.staff import agent, represented
from tests.support.trails import gapless, journal, line, lines, notices, told
from tests.support.ways import BY_ID, comes_across, lists

SECRET = Visibility.INVISIBLE_REPRESENTANTS_LEGAUX
IN_SECRET = {"secret": "true"}


@dataclass(frozen=True)
class Family:
    """A minor and a parent, each logged in with an account of their own; `parent_id` is the parent's own record."""

    child: Holder
    minor: ApiClient
    parent: ApiClient
    parent_id: str


@pytest.fixture(scope="module")
def family(platform: Stack, demo: DemoPeople) -> Family:
    return _family(platform, demo)


def _family(platform: Stack, demo: DemoPeople) -> Family:
    child, adult = open_record(demo, new_minor()), open_record(demo)
    filed = represented(platform, demo, child, adult.card)
    assert filed["representative"] == adult.record
    return Family(child, activate(demo, child), activate(demo, adult), adult.record)


@pytest.fixture(scope="module")
def secret(demo: DemoPeople, family: Family) -> str:
    """A document deposited, found, read and archived in the secret connection, and one that was refused there."""
    doctor, record = demo.logged_in("hospital"), family.child.record
    document = deposited(demo, family.child, SECRET, **IN_SECRET)
    assert comes_across(doctor, record, document, **IN_SECRET)
    assert doctor.download(record, document, **IN_SECRET)
    doctor.set_archived(record, document, True)
    doctor.set_archived(record, document, False)
    expect("document.type_unsupported", 415, deposit, doctor, family.child, b"MZ\x90\x00", SECRET, **IN_SECRET)
    expect("document.secret_required", 400, deposited, demo, family.child, **IN_SECRET)
    return document


@pytest.fixture(scope="module")
def shown(demo: DemoPeople, family: Family, secret: str) -> str:
    """A document like any other, deposited after the secret one, and in everybody's journal by now."""
    document = deposited(demo, family.child)
    line(family.minor, family.child.record, "depot_document", document_id=document)
    line(family.minor, family.child.record, "depot_document", document_id=secret)
    line(family.minor, family.child.record, "depot_document", reason="document.type_unsupported")
    line(family.minor, family.child.record, "depot_document", reason="document.secret_required")
    told(family.minor, family.child.record, "AJOUT_DOCUMENT", times=2)
    return document


def test_only_what_is_hidden_from_representatives_enters_there(demo: DemoPeople, family: Family) -> None:
    doctor, content = demo.logged_in("hospital"), document_for(demo, family.child)
    for marks in ((), (Visibility.MASQUE_PS,), (Visibility.INVISIBLE_PATIENT,)):
        expect("document.secret_required", 400, deposit, doctor, family.child, content, *marks, **IN_SECRET)


def test_the_minor_sees_all_of_it(family: Family, secret: str, shown: str) -> None:
    minor, record = family.minor, family.child.record
    assert minor.document(record, secret)["visibility"] == [SECRET]
    assert minor.download(record, secret)
    assert comes_across(minor, record, secret)
    assert comes_across(minor, record, shown)
    acts = {one["act"] for one in journal(minor, record) if one.get("document_id") == secret}
    assert acts == {"depot_document", "consultation_document", "archivage_document", "desarchivage_document"}
    assert notices(minor, record).count("MODIF_DOCUMENT") == 2
    assert gapless(journal(minor, record))


def test_a_representative_reads_the_childs_record_as_the_child_does_but_for_that(
    family: Family, secret: str, shown: str
) -> None:
    parent, record = family.parent, family.child.record
    assert parent.download(record, shown)
    assert comes_across(parent, record, shown)
    assert comes_across(parent, record, secret) == []
    for section in (None, *Section):
        query = {} if section is None else {"section": section.value}
        page = parent.list_documents(record, count="1", superseded="true", archived="true", **query)
        assert "next" not in page
        assert secret not in str(page)


def test_a_secret_document_and_none_are_the_same_to_a_representative(family: Family, secret: str) -> None:
    parent, record = family.parent, family.child.record
    for name, reach in BY_ID.items():
        hidden = answer_to(lambda reach=reach: reach(parent, record, secret))  # type: ignore[misc]
        nothing = answer_to(lambda reach=reach: reach(parent, record, str(uuid4())))  # type: ignore[misc]
        assert hidden == nothing, name
    hidden = answer_to(lambda: parent.document(record, secret, **IN_SECRET))
    assert hidden == answer_to(lambda: parent.document(record, str(uuid4()), **IN_SECRET))
    assert all(secret not in ids for _, ids in lists(parent, record, **IN_SECRET))


def test_no_notice_tells_a_representative(family: Family, shown: str) -> None:
    parent, record = family.parent, family.child.record
    told(parent, record, "AJOUT_DOCUMENT", times=1)
    assert "MODIF_DOCUMENT" not in notices(parent, record)
    everything, page = notices(parent, record), parent.notices(record, count="1")
    paged = [page[0]["code"]]
    while page := parent.notices(record, count="1", before=page[0]["id"]):
        paged.append(page[0]["code"])
    assert paged == everything


def test_no_letter_about_it_goes_to_an_address(demo: DemoPeople, family: Family, shown: str) -> None:
    secret_ones = [one for one in family.minor.notices(family.child.record) if one["code"] == "MODIF_DOCUMENT"]
    assert secret_ones
    assert all(not one.get("sent") for one in secret_ones)
    letters = [one["body"] for one in demo.messages(family.child.login.email)]
    assert all("modifié la visibilité" not in body for body in letters)


def test_no_line_tells_a_representative_and_none_is_missing_in_what_they_see(
    family: Family, secret: str, shown: str
) -> None:
    parent, record = family.parent, family.child.record
    line(parent, record, "depot_document", document_id=shown)
    read = journal(parent, record)
    own = [one for one in read if one.get("actor_role") == "patient" and one["who"] == "vous"]
    others = [one for one in read if one not in own]
    assert secret not in str(others)
    assert [one["document_id"] for one in others if one["act"] == "depot_document"] == [shown]
    assert {"archivage_document", "desarchivage_document"}.isdisjoint(one["act"] for one in others)
    assert len({one["strand"] for one in read}) == 1
    assert gapless(read)
    assert lines(parent, record, "consultation_liste", actor_role="professional") == []
    assert [one["document_id"] for one in lines(parent, record, "depot_document")] == [shown]
    assert secret not in str([one for one in parent.proofs(record)["lines"] if "professional" in one["leaf"]])


def test_what_a_professional_is_refused_about_it_tells_a_representative_nothing(
    demo: DemoPeople, family: Family, secret: str, shown: str
) -> None:
    doctor, stranger, record = authorised(demo, family.child), demo.logged_in("gp"), family.child.record
    expect("document.not_author", 403, doctor.delete_document, record, secret)
    expect("consent.missing", 403, stranger.download, record, secret)
    expect("document.not_found", 404, stranger.delete_document, record, secret)
    for act, reason in (
        ("suppression_document", "document.not_author"),
        ("consultation_document", "consent.missing"),
        ("suppression_document", "document.not_found"),
    ):
        line(family.minor, record, act, reason=reason, document_id=secret, actor_role="professional")
    assert lines(family.parent, record, "suppression_document", actor_role="professional") == []
    assert lines(family.parent, record, "consultation_document", actor_role="professional") == []


def test_a_secret_deposit_that_is_refused_outside_the_secret_connection_is_kept_from_them_too(
    demo: DemoPeople, family: Family
) -> None:
    doctor, record = demo.logged_in("hospital"), family.child.record
    stray = document_for(demo, open_record(demo))
    expect("document.header_contradicts", 422, deposit, doctor, family.child, stray, SECRET)
    line(family.minor, record, "depot_document", reason="document.header_contradicts")
    assert lines(family.parent, record, "depot_document", reason="document.header_contradicts") == []


def test_a_representative_counts_the_same_with_and_without_it(demo: DemoPeople, family: Family, shown: str) -> None:
    """Whatever an answer holds, of two children one with a secret and one without, it has the same shape."""
    other = open_record(demo, new_minor())
    page = family.parent.list_documents(family.child.record)
    deposited(demo, other)
    own = activate(demo, other).list_documents(other.record)
    assert page.keys() == own.keys()
    assert len(page["documents"]) == len(own["documents"]) == 1


def test_the_first_reading_there_is_told_to_the_minor_and_the_first_open_one_to_all(
    platform: Stack, demo: DemoPeople
) -> None:
    family = _family(platform, demo)
    doctor, record = authorised(demo, family.child), family.child.record
    doctor.list_documents(record, **IN_SECRET)
    told(family.minor, record, "ACCES_DMP_PS")
    assert "ACCES_DMP_PS" not in notices(family.parent, record)
    doctor.list_documents(record)
    told(family.minor, record, "ACCES_DMP_PS", times=2)
    told(family.parent, record, "ACCES_DMP_PS", times=1)


def test_an_adults_record_has_no_secret_connection(demo: DemoPeople) -> None:
    adult = open_record(demo)
    doctor, content = authorised(demo, adult, "hospital"), document_for(demo, adult)
    expect("access.not_a_minor", 403, deposit, doctor, adult, content, SECRET, **IN_SECRET)
    expect("access.not_a_minor", 403, doctor.list_documents, adult.record, **IN_SECRET)


def test_representation_ends_at_majority_and_what_was_secret_stays_so(platform: Stack, demo: DemoPeople) -> None:
    family = _family(platform, demo)
    parent, minor, record = family.parent, family.minor, family.child.record
    secret, doctor = deposited(demo, family.child, SECRET, **IN_SECRET), authorised(demo, family.child)
    assert parent.list_documents(record)["documents"] == []
    let_majority_come(platform, record)
    for read in (parent.list_documents, parent.journal, parent.notices, parent.circle, parent.record):
        expect("record.not_found", 404, read, record)
    expect("record.not_found", 404, parent.set_default_masked, record, True)
    expect("access.not_a_minor", 403, doctor.list_documents, record, **IN_SECRET)
    assert minor.download(record, secret)
    assert SECRET in minor.document(record, secret)["visibility"]


def test_a_representation_lasts_until_the_eighteenth_birthday(platform: Stack, demo: DemoPeople) -> None:
    child, adult = open_record(demo, new_minor(10)), open_record(demo)
    filed = represented(platform, demo, child, adult.card)
    born = child.patient.birth_date
    assert filed["until"].startswith(born.replace(year=born.year + 18).isoformat())


def test_it_is_filed_by_an_agent_for_a_minor_and_for_somebody_else(platform: Stack, demo: DemoPeople) -> None:
    adult, child, desk = open_record(demo), open_record(demo, new_minor()), agent(platform)
    proof = demo.vitale_proof(new_card(demo))
    expect("request.invalid", 400, desk.name_representative, adult.record, proof, "mineur", "Livret de famille")
    own = demo.vitale_proof(child.card)
    expect("request.invalid", 400, desk.name_representative, child.record, own, "mineur", "Livret de famille")
    proof = demo.vitale_proof(new_card(demo))
    expect("request.invalid", 400, desk.name_representative, child.record, proof, "mineur", "   ")
    for client in (demo.logged_in("gp"), activate(demo, child)):
        expect("access.role", 403, client.name_representative, child.record, proof, "mineur", "Livret de famille")


def test_an_agent_or_the_representative_ends_it_and_the_minor_does_not(platform: Stack, demo: DemoPeople) -> None:
    family = _family(platform, demo)
    record, parent_id = family.child.record, family.parent_id
    assert UUID(family.minor.circle(record)["representatives"][0]["representative"]) == UUID(parent_id)
    expect("record.not_found", 404, family.minor.end_representation, record, parent_id)
    family.parent.list_documents(record)
    family.parent.end_representation(record, parent_id)
    expect("record.not_found", 404, family.parent.list_documents, record)
    assert "mis fin à une représentation" in line(family.minor, record, "fin_representation", outcome="allowed")["fr"]
    assert line(family.minor, record, "nommer_representant")["actor_role"] == "agent"


def test_who_represents_nobody_finds_nobody(platform: Stack, demo: DemoPeople, family: Family) -> None:
    stranger = activate(demo, open_record(demo))
    for read in (stranger.list_documents, stranger.journal, stranger.notices, stranger.circle, stranger.record):
        expect("record.not_found", 404, read, family.child.record)


def new_card(demo: DemoPeople) -> VitaleCard:
    """The card of somebody nobody has met."""
    return demo.card_for(new_patient())
