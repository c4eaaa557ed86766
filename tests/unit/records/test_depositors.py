"""As whom an actor deposits, and which types each of them may deposit: the table of the law, type by type."""

import pytest

from contracts.codes.documents import document_types
from contracts.envelope import Actor
from contracts.errors.execution import TypeNotForDepositor
from contracts.errors.request import RoleForbidden
from contracts.vocabulary import Depositor, DepositorKind, Role
from services.records.domain.depositors import check_may_file, depositor_of
from tests.unit.consent.law_table import NEIGHBOUR, PATIENT, depositors_by_type

LAW = depositors_by_type()


def test_the_law_has_a_row_for_every_type() -> None:
    assert list(LAW) == list(document_types())


@pytest.mark.parametrize("kind", DepositorKind)
def test_each_depositor_deposits_the_types_of_the_law_and_no_other(kind: DepositorKind) -> None:
    for type_code, permitted in LAW.items():
        if kind in permitted:
            check_may_file(Depositor(kind, "1"), type_code)
        else:
            with pytest.raises(TypeNotForDepositor) as refused:
                check_may_file(Depositor(kind, "1"), type_code)
            assert refused.value.details == {"type": type_code, "depositor": kind.value}


@pytest.mark.parametrize(
    ("role", "subject", "kind"),
    [
        (Role.PROFESSIONAL, "89990000021", DepositorKind.PROFESSIONAL),
        (Role.PATIENT, str(PATIENT), DepositorKind.PATIENT),
        (Role.PATIENT, str(NEIGHBOUR), DepositorKind.REPRESENTATIVE),
        (Role.FEEDER, "assurance-maladie", DepositorKind.FEEDER),
    ],
)
def test_an_actor_deposits_in_the_capacity_of_their_role(role: Role, subject: str, kind: DepositorKind) -> None:
    assert depositor_of(Actor(role=role, subject=subject), PATIENT) == Depositor(kind, subject)


@pytest.mark.parametrize("role", [Role.AGENT, Role.APP, Role.OPERATOR, Role.SERVICE])
def test_nobody_else_deposits(role: Role) -> None:
    with pytest.raises(RoleForbidden):
        depositor_of(Actor(role=role, subject="x"), PATIENT)
