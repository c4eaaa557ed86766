"""Metadata of documents: from the header, from claims beside it, and each contradiction by its field."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contracts.cda import CdaAuthor, CdaIdentifier, CdaOrganisation, CdaServiceEvent
from contracts.dates import PARIS
from contracts.documents import FileReceipt
from contracts.errors.base import Refusal
from contracts.errors.execution import (
    CorrectionRefused,
    HeaderContradicts,
    HeaderInvalid,
    MetadataMissing,
    NotAsStated,
)
from contracts.errors.request import NotAuthor
from contracts.records.documents import Author
from contracts.records.entries import ClaimedMetadata
from contracts.vocabulary import OID_NIR, Coded
from services.records.domain.deposits import check_claimed_patient, check_corrections
from services.records.domain.metadata import (
    ResolvedMetadata,
    resolve_cda_metadata,
    resolve_file_metadata,
    with_parent,
)
from tests.unit.records.specimens import DAY, INS, NOW, STRANGER, WRITER, by, header, receipt, stored_document

SNOMED, FACILITIES = "2.16.840.1.113883.6.96", "1.2.250.1.71.4.2.4"
HOSPITAL = CdaIdentifier(root="1.2.250.1.71.4.2.2", extension="1990000044")


def cda(claimed: ClaimedMetadata | None, **changes: Any) -> ResolvedMetadata:
    cda_header = header(**changes)
    return resolve_cda_metadata(receipt(header=cda_header), cda_header, claimed)


FILE = ClaimedMetadata(
    unique_id="1.2.250.1.9^77",
    type=Coded("11488-4", "2.16.840.1.113883.6.1"),
    created_at=NOW - DAY,
    authors=(by(WRITER, family_name="ESSAI", given_name="Ada"),),
    custodian=CdaOrganisation(name="Clinique"),
)


def file(**changes: Any) -> ResolvedMetadata:
    plain = receipt()
    arrival = FileReceipt(
        patient_id=plain.patient_id,
        content_id=plain.content_id,
        depositor=plain.depositor,
        size=10,
        sha256="aa",
        sha1="bb",
        media_type=changes.pop("media", "application/pdf"),
    )
    claimed = changes.pop("claimed", FILE)
    return resolve_file_metadata(arrival, msgspec.structs.replace(claimed, **changes) if claimed else None)


# A CDA and what its depositor claims ----------------------------------------------------------------


def test_a_header_suffices() -> None:
    resolved = cda(None)
    assert (resolved.unique_id, resolved.class_code, resolved.warnings) == ("1.2.3", "11", ())
    assert resolved.metadata.type.display


def test_claims_that_agree_with_the_header_are_accepted() -> None:
    claimed = ClaimedMetadata(
        unique_id="1.2.3",
        type=Coded("SYNTH", "1.2.250.1.213.1.1.4.12"),
        class_code="11",
        format_code="urn:asip:ci-sis:vsm:2012",
        title="Volet de synthèse médicale",
        language="fr-FR",
        created_at=NOW - DAY + timedelta(seconds=20),
        authors=(by(WRITER), CdaAuthor(family_name="sans numéro")),
        authenticator=by(WRITER),
        custodian=CdaOrganisation(identifier=HOSPITAL),
        confidentiality="N",
        media_type="text/xml",
        size=10,
        sha1="bb",
        facility=Coded("SA01"),
        setting=Coded("AMBULATOIRE"),
    )
    assert cda(claimed, custodian=CdaOrganisation(identifier=HOSPITAL)).warnings == ()


@pytest.mark.parametrize(
    ("claimed", "changes", "field"),
    [
        (ClaimedMetadata(unique_id="9.9"), {}, "masterIdentifier"),
        (ClaimedMetadata(type=Coded("11502-2")), {}, "type"),
        (ClaimedMetadata(type=Coded("SYNTH", "2.16.840.1.113883.6.1")), {}, "type"),
        (ClaimedMetadata(confidentiality="R"), {}, "securityLabel"),
        (ClaimedMetadata(created_at=NOW), {}, "content.attachment.creation"),
        (ClaimedMetadata(authors=(by(STRANGER),)), {}, "author"),
        (ClaimedMetadata(authenticator=by(STRANGER)), {}, "authenticator"),
        (ClaimedMetadata(authenticator=by(STRANGER)), {"legal_authenticator": by(WRITER)}, "authenticator"),
        (
            ClaimedMetadata(custodian=CdaOrganisation(identifier=CdaIdentifier(root="1.2"))),
            {"custodian": CdaOrganisation(identifier=HOSPITAL)},
            "custodian",
        ),
        (
            ClaimedMetadata(facility=Coded("A", FACILITIES)),
            {"facility_type_code": "B", "facility_type_system": FACILITIES},
            "context.facilityType",
        ),
        (
            ClaimedMetadata(setting=Coded("A", FACILITIES)),
            {"practice_setting_code": "B", "practice_setting_system": FACILITIES},
            "context.practiceSetting",
        ),
        (
            ClaimedMetadata(events=(Coded("A", "1.2"),)),
            {"service_events": (CdaServiceEvent(code="B", system="1.2"), CdaServiceEvent())},
            "context.event",
        ),
    ],
)
def test_a_contradiction_is_refused_naming_the_field(
    claimed: ClaimedMetadata, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(HeaderContradicts) as refused:
        cda(claimed, **changes)
    assert refused.value.details == {"field": field}


@pytest.mark.parametrize(
    ("claimed", "field"),
    [
        (ClaimedMetadata(media_type="application/pdf"), "content.attachment.contentType"),
        (ClaimedMetadata(size=11), "content.attachment.size"),
        (ClaimedMetadata(sha1="cc"), "content.attachment.hash"),
    ],
)
def test_content_that_differs_from_the_claim_is_refused(claimed: ClaimedMetadata, field: str) -> None:
    with pytest.raises(NotAsStated) as refused:
        cda(claimed)
    assert refused.value.details == {"field": field}


def test_claims_in_another_code_system_are_kept_beside_the_header() -> None:
    claimed = ClaimedMetadata(
        facility=Coded("22232009", SNOMED),
        setting=Coded("394802001", SNOMED),
        events=(Coded("Z", "9.9"),),
        comments="x",
    )
    service_event = CdaServiceEvent(code="B", system="1.2", start=NOW - DAY, stop=NOW)
    metadata = cda(
        claimed, facility_type_code="SA01", facility_type_system=FACILITIES, service_events=(service_event,)
    ).metadata
    assert (metadata.facility, metadata.setting) == (claimed.facility, claimed.setting)
    assert [event.code for event in metadata.events] == ["B", "Z"]
    assert (metadata.service_start, metadata.service_stop, metadata.comments) == (NOW - DAY, NOW, "x")


def test_corrected_or_missing_fields_are_warnings_and_refused_in_strict_deposits() -> None:
    resolved = cda(ClaimedMetadata(class_code="10", format_code="urn:x", title="Autre", language="en-GB"))
    fields = ("category", "content.format", "custodian", "content.attachment.title", "content.attachment.language")
    assert resolved.warnings == (*fields, "context.facilityType", "context.practiceSetting")
    assert (resolved.class_code, resolved.title) == ("11", "Volet de synthèse médicale")
    check_corrections(resolved.warnings, strict=False)
    check_corrections((), strict=True)
    with pytest.raises(CorrectionRefused):
        check_corrections(resolved.warnings, strict=True)


# A file without a header -----------------------------------------------------------------------------


def test_a_file_has_the_metadata_its_depositor_claims() -> None:
    places = {"facility": Coded("SA01"), "setting": Coded("AMBULATOIRE")}
    resolved = file(confidentiality="R", title="Radio", language="en-GB", **places)
    assert (resolved.unique_id, resolved.type_code, resolved.class_code) == ("1.2.250.1.9^77", "11488-4", "10")
    assert (resolved.title, resolved.language, resolved.metadata.confidentiality) == ("Radio", "en-GB", "R")
    assert resolved.author == Author(rpps=WRITER, name="Ada ESSAI")
    assert resolved.warnings == ()
    assert file(title=None).title
    assert file(title=None, confidentiality=None, language=None).warnings == (
        *("securityLabel", "content.attachment.title", "content.attachment.language"),
        *("context.facilityType", "context.practiceSetting"),
    )


def test_dates_are_kept_as_stated_and_compared_with_the_header_as_far_as_they_go() -> None:
    written = header().effective_time.astimezone(PARIS).date().isoformat()
    for claim in (written, written[:7], written[:4]):
        assert cda(ClaimedMetadata(created_on=claim)).unique_id == "1.2.3"
    with pytest.raises(HeaderContradicts):
        cda(ClaimedMetadata(created_on="1999"))
    found = file(created_on="2026-06", service_start_on="2026").metadata
    assert (found.created_on, found.service_start_on) == ("2026-06", "2026")


def test_the_period_of_acts_is_as_precise_as_its_ends_are() -> None:
    acts = (
        CdaServiceEvent(start=NOW - DAY, stop=NOW),
        CdaServiceEvent(start=NOW - 3 * DAY, start_on="2026-06", stop=NOW - DAY, stop_on="2026-06-12"),
    )
    found = cda(ClaimedMetadata(service_start_on="2025", service_stop_on="2025"), service_events=acts).metadata
    assert (found.service_start, found.service_start_on) == (NOW - 3 * DAY, "2026-06")
    assert (found.service_stop, found.service_stop_on) == (NOW, None)


def test_the_period_goes_on_while_one_act_does() -> None:
    closed, going_on = CdaServiceEvent(start=NOW - DAY, stop=NOW), CdaServiceEvent(start=NOW - 2 * DAY)
    assert cda(None, service_events=(closed,)).metadata.service_stop == NOW
    period = cda(None, service_events=(closed, going_on)).metadata
    assert (period.service_start, period.service_stop) == (NOW - 2 * DAY, None)


def test_a_format_that_the_header_does_not_imply_is_the_stated_one() -> None:
    claimed = ClaimedMetadata(format_code="urn:asip:ci-sis:nouveau:2026")
    assert cda(claimed, format_code=None).format_code == "urn:asip:ci-sis:nouveau:2026"
    with pytest.raises(HeaderInvalid):
        cda(None, format_code=None)


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"claimed": None}, MetadataMissing, "type"),
        ({"unique_id": None}, MetadataMissing, "masterIdentifier"),
        ({"created_at": None}, MetadataMissing, "content.attachment.creation"),
        ({"authors": ()}, MetadataMissing, "author"),
        ({"unique_id": "nowhere"}, HeaderContradicts, "masterIdentifier"),
        ({"unique_id": "1." * 70 + "1"}, HeaderContradicts, "masterIdentifier"),
        ({"type": Coded("nothing")}, HeaderContradicts, "type"),
        ({"type": Coded("11488-4", "9.9")}, HeaderContradicts, "type"),
        ({"media": "text/xml"}, HeaderContradicts, "format"),
        ({"confidentiality": "X"}, HeaderContradicts, "securityLabel"),
        ({"size": 11}, NotAsStated, "content.attachment.size"),
    ],
)
def test_a_file_with_missing_or_wrong_metadata_is_refused_naming_the_field(
    changes: dict[str, Any], refusal: type[Refusal], field: str
) -> None:
    with pytest.raises(refusal) as refused:
        file(**changes)
    assert refused.value.details == {"field": field}


# Patient, and replaced version ---------------------------------------------------------------------------


def test_a_claimed_identity_is_that_of_the_record() -> None:
    mine = CdaIdentifier(root=INS.oid, extension=INS.matricule)
    check_claimed_patient([mine, CdaIdentifier(root="1.2.3", extension="local")], (INS,), field="subject")
    with pytest.raises(HeaderContradicts):
        check_claimed_patient([CdaIdentifier(root=OID_NIR, extension="1")], (INS,), field="subject")


def test_a_claimed_parent_is_in_the_record_and_agrees_with_the_header() -> None:
    parent = stored_document(unique_id="1.2.2")
    assert with_parent(cda(None), parent).replaces == "1.2.2"
    assert with_parent(cda(None, replaced_unique_id="1.2.2"), parent).replaces == "1.2.2"
    with pytest.raises(HeaderContradicts):
        with_parent(cda(None, replaced_unique_id="1.2.1"), parent)
    with pytest.raises(NotAuthor):
        with_parent(cda(None), None)
