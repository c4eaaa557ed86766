"""In what capacity an actor deposits, and which types of documents each capacity may deposit."""

from contracts.codes.documents import type_of
from contracts.envelope import Actor
from contracts.errors.execution import TypeNotForDepositor
from contracts.errors.request import RoleForbidden
from contracts.vocabulary import Depositor, DepositorKind, PatientId, Role


def depositor_of(actor: Actor, patient_id: PatientId) -> Depositor:
    """As whom an actor deposits in a record; a patient who is not its holder does so as a representative.

    Raises:
        RoleForbidden: nobody of that role deposits.
    """
    match actor.role:
        case Role.PROFESSIONAL:
            kind = DepositorKind.PROFESSIONAL
        case Role.PATIENT:
            kind = DepositorKind.PATIENT if actor.is_patient(patient_id) else DepositorKind.REPRESENTATIVE
        case Role.FEEDER:
            kind = DepositorKind.FEEDER
        case _:
            raise RoleForbidden
    return Depositor(kind, actor.subject)


def check_may_file(depositor: Depositor, type_code: str) -> None:
    """A type of document is deposited only by those whom the table of types names.

    Raises:
        TypeNotForDepositor. UnknownCode: there is no such type.
    """
    if depositor.kind not in type_of(type_code).depositors:
        raise TypeNotForDepositor(type=type_code, depositor=depositor.kind.value)
