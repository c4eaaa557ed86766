"""Who a record is about, beside its documents: shown to professionals who may read it, so that they compare."""

from uuid import UUID

import pytest

from client.people import DemoPeople
from contracts.consent.authorisations import AuthorisationStatus
from contracts.errors.request import ConsentMissing
from contracts.records.api import Records
from contracts.records.documents import ListDocuments, RecordHolder
from contracts.records.lifecycle import ListMyRecords
from contracts.vocabulary import PatientId
from deploy.dev.stack import Stack
from tests.support.broker import call
from tests.support.people import activate_account, authorised_doctor, deposit_new, open_record


def test_the_list_of_ones_records_names_their_holders_while_they_may_be_read(
    demo: DemoPeople, platform: Stack
) -> None:
    holder = open_record(demo)
    doctor, patient = authorised_doctor(demo, holder), activate_account(demo, holder)

    def named(*, traits: bool) -> dict[str, str | None]:
        message = ListMyRecords(count=100, traits=traits)
        found = call(platform.addresses.amqp_url, Records.list_my_records, message, doctor.token).records
        return {str(mine.patient_id): mine.traits.family_name if mine.traits else None for mine in found}

    assert named(traits=True)[holder.record] == holder.patient.family_name
    assert named(traits=False)[holder.record] is None
    patient.block(holder.record, demo.professional("specialist").rpps)
    assert holder.record not in named(traits=True)


def test_only_holders_and_professionals_with_a_permission_learn_who_the_holder_is(
    demo: DemoPeople, platform: Stack
) -> None:
    holder = open_record(demo)
    doctor, patient = authorised_doctor(demo, holder), activate_account(demo, holder)
    message = ListDocuments(patient_id=PatientId(UUID(holder.record)), holder=True)

    def holder_for(token: str) -> RecordHolder | None:
        return call(platform.addresses.amqp_url, Records.list_documents, message, token).holder

    found = holder_for(doctor.token)
    assert found is not None
    assert (found.traits.family_name, found.ins) == (holder.patient.family_name, holder.patient.ins)
    assert (found.authorisation, found.medecin_traitant) == (AuthorisationStatus.VALID, False)
    own = holder_for(patient.token)
    assert own is not None and own.authorisation is AuthorisationStatus.NONE
    deposit_new(demo, holder, by="hospital")
    assert holder_for(demo.logged_in("hospital").token) is None
    with pytest.raises(ConsentMissing):
        holder_for(demo.logged_in("gp").token)
