"""INS and RPPS: keys, issuing lists, and where test identities are admitted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.errors.request import IdentityNotAdmitted, InvalidIns
from contracts.vocabulary import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins
from deploy.dev import people
from services.identity import domain

RIGHT = (
    "255081416802538",
    "294037512000591",
    "153124500723160",
    "284052A32102552",
    "284052B32102579",
    "279035121518989",
    "277076322082910",
)
WRONG = ("221042545611404", "223042545611404", "222127505611201", "224027511583555")


@pytest.mark.parametrize("matricule", RIGHT)
@pytest.mark.parametrize("oid", [OID_NIR, OID_NIA])
def test_a_right_key_is_taken(matricule: str, oid: str) -> None:
    assert domain.check_ins(Ins(matricule, oid), test_identities=False) is True


@pytest.mark.parametrize("matricule", WRONG)
@pytest.mark.parametrize("oid", [OID_NIR, OID_NIA])
@pytest.mark.parametrize("test_identities", [True, False])
def test_a_wrong_key_of_a_real_identity_is_always_refused(matricule: str, oid: str, test_identities: bool) -> None:
    with pytest.raises(InvalidIns):
        domain.check_ins(Ins(matricule, oid), test_identities=test_identities)


@pytest.mark.parametrize("oid", [OID_TEST, OID_DEMO])
@pytest.mark.parametrize(("matricule", "right"), [(number, number in RIGHT) for number in (*RIGHT, *WRONG)])
def test_a_test_identity_is_accepted_where_admitted(matricule: str, right: bool, oid: str) -> None:
    assert domain.check_ins(Ins(matricule, oid), test_identities=True) is right


@pytest.mark.parametrize("oid", [OID_TEST, OID_DEMO])
@pytest.mark.parametrize("matricule", [RIGHT[0], WRONG[0]])
def test_a_test_identity_is_refused_where_none_are_admitted(matricule: str, oid: str) -> None:
    with pytest.raises(IdentityNotAdmitted):
        domain.check_ins(Ins(matricule, oid), test_identities=False)


@pytest.mark.parametrize(
    "matricule",
    [
        "",
        "27903512151898",
        "2790351215189890",
        "2 79 03 51 215 189 89",
        "279035121518989\n",
        "284052a32102552",
        "284052C32102552",
        "2840532A2102552",
        "２79035121518989",
        "2A9035121518989",
    ],
)
@pytest.mark.parametrize("oid", [OID_NIR, OID_TEST])
def test_what_has_not_the_shape_of_a_matricule_is_refused(matricule: str, oid: str) -> None:
    with pytest.raises(InvalidIns):
        domain.check_ins(Ins(matricule, oid), test_identities=True)


@pytest.mark.parametrize("oid", ["", "1.2.250.1.213.1.4.13", "1.2.250.1.213.1.4.80"])
def test_an_unknown_issuing_list_is_refused(oid: str) -> None:
    with pytest.raises(InvalidIns):
        domain.check_ins(Ins(RIGHT[0], oid), test_identities=True)


@given(st.integers(min_value=10**12, max_value=10**13 - 1))
def test_exactly_one_of_the_97_keys_is_right(body: int) -> None:
    key = 97 - body % 97
    taken = [guess for guess in range(1, 98) if _is_taken(f"{body}{guess:02d}")]
    assert taken == [key]


def _is_taken(matricule: str) -> bool:
    try:
        return domain.check_ins(Ins(matricule, OID_NIR), test_identities=False)
    except InvalidIns:
        return False


@pytest.mark.parametrize("professional", people.PROFESSIONALS, ids=lambda professional: professional.name)
def test_the_demo_professionals_have_right_numbers(professional: people.Professional) -> None:
    assert domain.is_rpps(professional.rpps)


@pytest.mark.parametrize("number", ["", "89990000014", "8999000001", "089990000013", "8999000001x", "89990000013\n"])
def test_a_wrong_rpps_is_recognised(number: str) -> None:
    assert not domain.is_rpps(number)


def test_one_demo_patient_has_a_right_key_and_one_a_wrong_one() -> None:
    keys = {patient.name: domain.check_ins(patient.ins, test_identities=True) for patient in people.PATIENTS}
    assert keys == {"patient": True, "neighbour": True, "wrong_key": False}
