"""A deposited DocumentReference: each element is kept, warned of or refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.cda import OID_PROFESSIONALS, CdaAuthor, CdaIdentifier
from contracts.errors.request import InvalidRequest
from contracts.records.entries import ClaimedMetadata
from contracts.vocabulary import OID_NIR, AccessMode, Visibility
from gateway.fhir.bindings import check_codes
from gateway.fhir.bundles import Shape
from gateway.fhir.dates import parse_date, parse_moment
from gateway.fhir.document_parsing import SentDocument, parse_document
from gateway.fhir.document_search import message_from
from gateway.fhir.kept_elements import elements_left_out
from gateway.fhir.parameters import SearchParameters
from gateway.fhir.systems import SOURCE_ID, URI, identifier, parse_identifier
from services.records.domain.indexing import index_of
from tests.unit.records.specimens import PATIENT, document, metadata_of

BASE = "https://carnet.example/fhir"


def parsed(**elements: Any) -> SentDocument:
    attachment = {"contentType": "text/plain", "data": "AAAA", **elements.pop("attachment", {})}
    reference = {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": {"reference": "Patient/1"},
        "content": [{"attachment": attachment}],
        **elements,
    }
    return parse_document(reference, base=BASE)


def author_of(author: dict[str, Any], *contained: dict[str, Any]) -> CdaAuthor:
    (found,) = parsed(author=[author], contained=list(contained)).metadata.authors
    return found


def refused_field(**elements: Any) -> str:
    with pytest.raises(InvalidRequest) as refused:
        parsed(**elements)
    return refused.value.details["field"]


# Dates -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "first", "last"),
    [
        ("2026", datetime(2025, 12, 31, 23, tzinfo=UTC), datetime(2026, 12, 31, 22, 59, 59, 999_000, UTC)),
        ("2026-06", datetime(2026, 5, 31, 22, tzinfo=UTC), datetime(2026, 6, 30, 21, 59, 59, 999_000, UTC)),
        ("2026-12", datetime(2026, 11, 30, 23, tzinfo=UTC), datetime(2026, 12, 31, 22, 59, 59, 999_000, UTC)),
        ("2026-03-29", datetime(2026, 3, 28, 23, tzinfo=UTC), datetime(2026, 3, 29, 21, 59, 59, 999_000, UTC)),
    ],
)
def test_a_date_without_a_time_is_kept_as_written_and_means_all_of_it(
    sent: str, first: datetime, last: datetime
) -> None:
    found = parse_date(sent, "x")
    assert (found.first, found.last, found.partial) == (first, last, sent)


@pytest.mark.parametrize("sent", ["2026-13", "2026-02-30", "26", "2026-1", "2026-06-12T10:00:00", "soon", ""])
def test_no_date_is_refused(sent: str) -> None:
    with pytest.raises(InvalidRequest):
        parse_date(sent, "x")


def test_where_a_moment_is_needed_a_date_is_refused_and_not_left_out() -> None:
    assert parse_moment("2026-06-12T10:00:00+02:00", "x") == datetime(2026, 6, 12, 8, tzinfo=UTC)
    for sent in ("2026", "2026-06-12"):
        with pytest.raises(InvalidRequest):
            parse_moment(sent, "x")


def test_the_time_of_writing_and_the_period_keep_their_precision() -> None:
    found = parsed(
        attachment={"creation": "2026-06"}, context={"period": {"start": "2025", "end": "2026-06-12"}}
    ).metadata
    assert (found.created_on, found.service_start_on, found.service_stop_on) == ("2026-06", "2025", "2026-06-12")
    whole = parsed(attachment={"creation": "2026-06-12T10:00:00+02:00"}).metadata
    assert (whole.created_at, whole.created_on) == (datetime(2026, 6, 12, 8, tzinfo=UTC), None)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    for period in ({"start": "2026", "end": "2025"}, {"start": "2026-06-12", "end": "2026-06-11T10:00:00Z"}):
        assert refused_field(context={"period": period}) == "DocumentReference.context.period"
    parsed(context={"period": {"start": "2026-06-12T10:00:00Z", "end": "2026-06"}})


# Authors -----------------------------------------------------------------------------------------

RPPS = {"system": f"urn:oid:{OID_PROFESSIONALS}", "value": "899900000217"}
LOCAL = {"system": "urn:oid:1.2.3", "value": "42"}


def test_a_person_keeps_all_given_names_and_identifiers_that_of_the_register_first() -> None:
    names = [
        {"use": "usual", "family": "DURAND"},
        {"use": "official", "family": "DUPONT", "given": ["Anne", "Marie", "Léa"]},
    ]
    person = {"resourceType": "Practitioner", "id": "a", "name": names, "identifier": [LOCAL, RPPS]}
    assert author_of({"reference": "#a"}, person) == CdaAuthor(
        identifier=CdaIdentifier(root=OID_PROFESSIONALS, extension="899900000217"),
        other_identifiers=(CdaIdentifier(root="1.2.3", extension="42"),),
        family_name="DUPONT",
        given_name="Anne",
        more_given_names=("Marie", "Léa"),
    )


def test_an_organisation_is_the_structure_and_a_patient_the_patient() -> None:
    organisation = {"resourceType": "Organization", "id": "o", "name": "Laboratoire", "identifier": [LOCAL]}
    assert author_of({"reference": "#o"}, organisation) == CdaAuthor(
        structure=CdaIdentifier(root="1.2.3", extension="42"), structure_name="Laboratoire"
    )
    ins = {"system": f"urn:oid:{OID_NIR}", "value": "255069934123456"}
    patient = {"resourceType": "Patient", "id": "p", "identifier": [ins], "name": [{"family": "MARTIN"}]}
    found = author_of({"reference": "#p"}, patient)
    assert (found.is_patient, found.family_name) == (True, "MARTIN")


def test_an_author_known_by_display_or_identifier_only_is_kept_as_such() -> None:
    assert author_of({"display": "Dre Anne Dupont"}) == CdaAuthor(display="Dre Anne Dupont")
    assert author_of({"reference": "Practitioner/7", "display": "Dre Dupont"}) == CdaAuthor(display="Dre Dupont")
    assert author_of({"identifier": RPPS, "display": "Dre Dupont"}) == CdaAuthor(
        identifier=CdaIdentifier(root=OID_PROFESSIONALS, extension="899900000217"), display="Dre Dupont"
    )
    role = {
        "resourceType": "PractitionerRole",
        "id": "r",
        "practitioner": {"identifier": RPPS, "display": "Dre Dupont"},
        "organization": {"identifier": LOCAL, "display": "Clinique"},
    }
    assert author_of({"reference": "#r"}, role) == CdaAuthor(
        identifier=CdaIdentifier(root=OID_PROFESSIONALS, extension="899900000217"),
        display="Dre Dupont",
        structure=CdaIdentifier(root="1.2.3", extension="42"),
        structure_name="Clinique",
    )


@pytest.mark.parametrize(
    "author", [{"reference": "Practitioner/7"}, {"reference": "#nobody"}, {"type": "Practitioner"}]
)
def test_an_author_of_whom_nothing_is_said_is_refused(author: dict[str, Any]) -> None:
    assert refused_field(author=[author]) == "DocumentReference.author"


@pytest.mark.parametrize(
    ("elements", "field"),
    [
        ({"author": [{"reference": "#x"}]}, "author"),
        ({"authenticator": {"reference": "#role"}}, "authenticator"),
        ({"custodian": {"reference": "#x"}}, "custodian"),
        ({"context": {"sourcePatientInfo": {"reference": "#x"}}}, "context.sourcePatientInfo"),
    ],
)
@pytest.mark.parametrize(
    "target",
    [
        {"resourceType": "QuestionnaireResponse", "status": "completed", "identifier": LOCAL},
        {"resourceType": "Location", "name": "Bloc", "identifier": [LOCAL]},
    ],
)
def test_a_reference_to_a_resource_that_cannot_stand_there_is_refused(
    elements: dict[str, Any], field: str, target: dict[str, Any]
) -> None:
    role = {"resourceType": "PractitionerRole", "id": "role", "organization": {"reference": "#x"}}
    assert refused_field(contained=[{**target, "id": "x"}, role], **elements) == f"DocumentReference.{field}"


@pytest.mark.parametrize(
    ("authors", "identifiers", "given"), [(201, 1, 1), (1, 51, 1), (1, 1, 51), (50_000, 50_000, 50_000)]
)
def test_nobody_has_so_many_identifiers_or_names_and_no_document_so_many_authors(
    authors: int, identifiers: int, given: int
) -> None:
    """Each author would carry all of what each of them refers to."""
    person = {
        "resourceType": "Practitioner",
        "id": "a",
        "identifier": [LOCAL | {"value": str(number)} for number in range(identifiers)],
        "name": [{"family": "DUPONT", "given": ["Anne"] * given}],
    }
    assert refused_field(author=[{"reference": "#a"}] * authors, contained=[person]) == "DocumentReference.author"


def test_a_custodian_is_an_organisation() -> None:
    person = {"resourceType": "Practitioner", "id": "p", "name": [{"family": "DUPONT"}]}
    assert refused_field(contained=[person], custodian={"reference": "#p"}) == "DocumentReference.custodian"


@pytest.mark.parametrize(
    "sent",
    [
        {"value": "42"},
        {"system": "urn:oid:1.2.3", "value": "42"},
        {"system": "https://annuaire.example", "value": "42"},
        {"system": URI, "value": "urn:oid:1.2.3"},
        {"system": URI, "value": "urn:uuid:5e2b2d0c-0000-4000-8000-000000000000"},
        {"system": URI, "value": "https://annuaire.example/42"},
    ],
)
def test_an_identifier_is_answered_and_found_as_it_was_stated(sent: dict[str, str]) -> None:
    kept = parse_identifier(sent)
    assert identifier(kept) == sent
    author = CdaAuthor(identifier=kept, family_name="DUPONT")
    entry = document()
    index = index_of(entry, metadata_of(entry, authors=(author,))).tokens
    for token in (f"{sent.get('system', '')}|{sent['value']}", sent["value"]):
        pairs = (("status", "current"), ("author.identifier", token))
        message = message_from(SearchParameters(pairs), PATIENT, AccessMode.NORMAL, Shape())
        assert {*message.tokens[0]} & {*index}, token


# Labels ------------------------------------------------------------------------------------------


def test_every_coding_of_a_label_counts() -> None:
    found = parsed(securityLabel=[{"coding": [{"code": "N"}, {"code": "INVISIBLE_PATIENT"}]}])
    assert (found.metadata.confidentiality, found.visibility) == ("N", (Visibility.INVISIBLE_PATIENT,))
    twice = parsed(securityLabel=[{"coding": [{"system": "urn:a", "code": "R"}, {"system": "urn:b", "code": "R"}]}])
    assert twice.metadata.confidentiality == "R"


@pytest.mark.parametrize(
    "label",
    [{"text": "Confidentiel"}, {"coding": [{"code": "N"}, {"display": "Masqué"}]}, {"coding": [{"code": "U"}]}],
)
def test_a_label_that_is_not_understood_is_refused(label: dict[str, Any]) -> None:
    assert refused_field(securityLabel=[label]) == "DocumentReference.securityLabel"


# What is not kept --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("elements", "left_out"),
    [
        ({"description": "x", "docStatus": "final"}, ()),
        ({"docStatus": "amended"}, ("docStatus",)),
        ({"date": "2026-06-12T10:00:00Z", "language": "fr"}, ("date", "language")),
        ({"text": {"status": "generated", "div": "<div/>"}}, ("text",)),
        ({"identifier": [{"value": "urn:uuid:1"}]}, ("identifier",)),
        ({"relatesTo": [{"code": "appends", "target": {"identifier": {"value": "x"}}}]}, ("relatesTo",)),
        ({"extension": [{"url": "urn:x", "valueString": "y"}]}, ("extension",)),
        ({"meta": {"profile": ["urn:x"], "security": [{"code": "N"}]}}, ("meta.security",)),
        ({"context": {"encounter": [{"reference": "Encounter/1"}]}}, ("context.encounter",)),
        ({"context": {"event": [{"text": "Visite"}]}}, ("context.event.coding",)),
        ({"context": {"event": [{"coding": [{"display": "Visite"}]}]}}, ("context.event.coding",)),
        ({"type": {"coding": [{"code": "11502-2"}, {"code": "x"}]}}, ("type.coding",)),
        ({"type": {"coding": [{"code": "11502-2", "display": "Bio"}], "text": "Bio"}}, ()),
        ({"type": {"coding": [{"code": "11502-2", "display": "Bio"}], "text": "Bilan"}}, ("type.text",)),
        ({"category": [{"coding": [{"code": "10"}]}, {"coding": [{"code": "x"}]}]}, ("category",)),
    ],
)
def test_what_is_not_kept_is_named(elements: dict[str, Any], left_out: tuple[str, ...]) -> None:
    assert parsed(**elements).left_out == left_out


DOCTOR = {"resourceType": "Practitioner", "id": "a", "identifier": [LOCAL, RPPS], "name": [{"family": "DUPONT"}]}
LABORATORY = {"resourceType": "Organization", "id": "o", "identifier": [LOCAL], "name": "Laboratoire"}
ROLE = {"resourceType": "PractitionerRole", "id": "r", "practitioner": {"reference": "#a"}}


@pytest.mark.parametrize(
    ("person", "left_out"),
    [
        (DOCTOR, ()),
        ({**DOCTOR, "telecom": [{"system": "phone", "value": "1"}]}, ("contained.telecom",)),
        ({**DOCTOR, "qualification": [{"code": {"text": "Radiologie"}}]}, ("contained.qualification",)),
        ({**DOCTOR, "name": [{"family": "DUPONT", "prefix": ["Dr"]}]}, ("contained.name.prefix",)),
        ({**DOCTOR, "name": [{"family": "DUPONT"}, {"family": "DURAND"}]}, ("contained.name",)),
        (LABORATORY, ()),
        ({**LABORATORY, "identifier": [LOCAL, RPPS]}, ("contained.identifier",)),
        ({**LABORATORY, "address": [{"city": "Lyon"}]}, ("contained.address",)),
        ({**ROLE, "organization": {"reference": "#o"}}, ()),
        ({**ROLE, "specialty": [{"text": "Radiologie"}]}, ("contained.specialty",)),
        ({"resourceType": "Patient", "name": [{"use": "official"}, {"use": "usual"}], "gender": "male"}, ()),
        ({"resourceType": "Device", "id": "d", "deviceName": [{"name": "Scanner", "type": "other"}]}, ()),
        ({"resourceType": "Encounter", "id": "e", "status": "finished"}, ("contained",)),
    ],
)
def test_what_is_not_kept_of_people_that_come_along_is_named(
    person: dict[str, Any], left_out: tuple[str, ...]
) -> None:
    assert parsed(contained=[person]).left_out == left_out


@pytest.mark.parametrize(
    ("elements", "left_out"),
    [
        ({"note": [{"text": "Urgent"}], "date": "2026-06-12T10:00:00Z"}, ()),
        ({"note": [{"text": "Urgent"}, {"text": "À jeun"}]}, ("List.note",)),
        ({"note": [{"text": "Urgent", "authorString": "Dr Dupont"}]}, ("List.note.authorString",)),
        ({"identifier": [{"use": "usual", "value": "1"}, {"use": "official", "value": "2"}]}, ()),
        ({"identifier": [{"use": "usual", "value": "1"}, {"value": "2"}]}, ("List.identifier",)),
        ({"extension": [{"url": SOURCE_ID}, {"url": "urn:x"}]}, ("List.extension",)),
        ({"contained": [{**DOCTOR, "telecom": []}]}, ("List.contained.telecom",)),
    ],
)
def test_what_is_not_kept_of_a_submission_set_is_named(elements: dict[str, Any], left_out: tuple[str, ...]) -> None:
    assert elements_left_out({"resourceType": "List", **elements}) == left_out


def test_of_several_codings_that_of_the_table_of_types_is_the_type() -> None:
    codings = [{"system": "urn:oid:1.2.3", "code": "BIO"}, {"system": "http://loinc.org", "code": "11502-2"}]
    kind = parsed(type={"coding": codings}).metadata.type
    assert kind is not None
    assert (kind.system, kind.code) == ("2.16.840.1.113883.6.1", "11502-2")


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"resourceType": "DocumentReference", "modifierExtension": []}, "DocumentReference.modifierExtension"),
        ({"resourceType": "List", "implicitRules": "urn:x"}, "List.implicitRules"),
        ({"resourceType": "List", "entry": [{"modifierExtension": []}]}, "List.entry.modifierExtension"),
        ({"resourceType": "DocumentReference", "docStatus": "done"}, "DocumentReference.docStatus"),
        (
            {"resourceType": "DocumentReference", "relatesTo": [{"code": "follows"}]},
            "DocumentReference.relatesTo.code",
        ),
        ({"resourceType": "Patient", "name": [{"use": "birth"}]}, "Patient.name.use"),
        ({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "List", "mode": "x"}}]}, "List.mode"),
    ],
)
def test_what_changes_the_meaning_or_is_no_code_of_its_value_set_is_refused(
    content: dict[str, Any], named: str
) -> None:
    with pytest.raises(InvalidRequest) as refused:
        check_codes(content)
    assert refused.value.details == {"field": named}


def test_a_reference_to_a_document_of_another_server_is_refused() -> None:
    def replacing(reference: str) -> ClaimedMetadata:
        return parsed(relatesTo=[{"code": "replaces", "target": {"reference": reference}}]).metadata

    ours = "0" * 64
    for reference in (f"DocumentReference/{ours}", f"{BASE}/DocumentReference/{ours}"):
        assert replacing(reference).replaces == "00000000-0000-0000-0000-000000000000"
    with pytest.raises(InvalidRequest):
        replacing(f"https://other.example/fhir/DocumentReference/{ours}")
