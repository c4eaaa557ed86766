"""A form for a newer version: it begins with the marks of the older one, so that none is lost without a decision."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from contracts.records.documents import Author, Document
from contracts.vocabulary import DocumentId, DocumentStatus, Section, Visibility
from gateway.portal.professional.deposit_form import (
    DepositFields,
    WrongField,
    fields_replacing,
    shows_marks_of,
    visible_from,
)

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
ANNOUNCED = datetime(2026, 3, 15, 10, 30, tzinfo=UTC)


def older(*marks: Visibility, until: datetime | None = None) -> Document:
    return Document(
        document_id=DocumentId(UUID(int=1)),
        entry_uuid=f"urn:uuid:{UUID(int=2)}",
        unique_id="1.2.250.1.213.1.1.9.97.1",
        version=1,
        status=DocumentStatus.CURRENT,
        section=Section.ANALYSES,
        class_code="10",
        type_code="11502-2",
        format_code="urn:ihe:iti:xds-sd:pdf:2008",
        title="Bilan",
        author=Author(rpps="10003456784", name="Agathe EXEMPLE"),
        created_at=NOW,
        deposited_at=NOW,
        language="fr-FR",
        media_type="text/xml",
        size=1,
        sha1="da39a3ee5e6b4b0d3255bfef95601890afd80709",
        visibility=marks,
        invisible_until=until,
    )


def test_a_newer_version_begins_with_the_marks_and_the_date_of_the_older_one() -> None:
    masked = fields_replacing(older(Visibility.MASQUE_PS), NOW)
    assert (masked.marks, masked.until) == ((Visibility.MASQUE_PS,), "")
    later = fields_replacing(older(Visibility.INVISIBLE_PATIENT, until=ANNOUNCED), NOW)
    assert (later.marks, later.until) == ((Visibility.INVISIBLE_PATIENT,), "2026-03-15")
    assert fields_replacing(older(), NOW).marks == ()


def test_what_the_patient_sees_by_now_is_not_hidden_again() -> None:
    fields = fields_replacing(older(Visibility.INVISIBLE_PATIENT, until=NOW), NOW)
    assert (fields.marks, fields.until) == ((), "")


def test_the_date_is_kept_to_the_moment_unless_another_day_is_chosen() -> None:
    document = older(Visibility.INVISIBLE_PATIENT, until=ANNOUNCED)
    fields = fields_replacing(document, NOW)
    assert visible_from(fields, document) == ANNOUNCED
    other_day = replace(fields, until="2026-03-14")
    assert visible_from(other_day, document) == datetime(2026, 3, 13, 23, tzinfo=UTC)
    assert visible_from(replace(fields, later=False), document) is None
    with pytest.raises(WrongField):
        visible_from(replace(fields, until="demain"), document)


def test_a_form_that_did_not_show_the_marks_is_not_a_decision_on_them() -> None:
    document = older(Visibility.MASQUE_PS)
    shown = fields_replacing(document, NOW)
    assert shows_marks_of(document, replace(shown, masked=False), NOW)
    assert not shows_marks_of(document, DepositFields(deposit=shown.deposit), NOW)
    assert not shows_marks_of(older(Visibility.INVISIBLE_PATIENT, until=NOW + timedelta(1)), shown, NOW)
