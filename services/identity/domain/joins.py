"""Rules about joining two identities: which may be of one person, and what the undoing does not bring back."""

from contracts.errors.execution import IdentitiesContradict
from contracts.errors.request import InvalidRequest
from contracts.identity.people import Person

NOT_RESTORED = ("sessions", "codes", "closures")
"""Logins of the identity that was closed, codes under way, and records that were closed while both were one."""


def check_one_person(first: Person, second: Person) -> None:
    """Refuse what cannot be one person: a provisional number states the birth date or the sex wrongly, but not both.

    Raises:
        InvalidRequest: it is the same identity twice. IdentitiesContradict.
    """
    if first.patient_id == second.patient_id:
        raise InvalidRequest(field="other")
    if first.traits.birth_date != second.traits.birth_date and first.traits.sex != second.traits.sex:
        raise IdentitiesContradict
