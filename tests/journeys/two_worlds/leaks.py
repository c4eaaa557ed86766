"""Leaks that the two-worlds test must find, each as a change of the source that puts it back."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Leak:
    """`file`: from the root of the checkout; `old` occurs in it once, and `new` in its place is the leak.

    `reader`: one to whom something leaks, by name.
    """

    name: str
    reader: str
    file: str
    old: str
    new: str


LEAKS = (
    Leak(
        "a representative reads the notices of secret acts",
        "representative",
        "services/notify/repositories/notices.py",
        "if permit.limits.hides_secret:",
        "if permit.limits.hides_secret and before is not None:",
    ),
    Leak(
        "notices of secret acts are sent to an address that may be a parent's",
        "representative",
        "services/notify/domain/notices.py",
        "    if secret:\n",
        "    if secret and rule.urgent:\n",
    ),
    Leak(
        "the journal shows the lines of a document before it appears",
        "holder",
        "services/audit/domain/strands.py",
        "if (strand.strand_key.document_id is None or strand.shown)",
        "if (strand.strand_key.document_id is None or strand.shown or strand.number > 1)",
    ),
    Leak(
        "the journal shows a representative that access to a secret document was refused",
        "representative",
        "chassis/access.py",
        "        if self.document_id is not None:\n            self._keep_hidden",
        "        if self.document_id is not None and self.actor.rpps is None:\n            self._keep_hidden",
    ),
    Leak(
        "folders count and pins name documents beyond the permit",
        "representative",
        "services/records/repositories/folders.py",
        "join(pins, _PINNED).where(*WITHIN_PERMIT)",
        "join(pins, _PINNED).where(documents.c.patient_id == permit.patient_id)",
    ),
    Leak(
        "the number of matches counts documents beyond the permit",
        "nurse of a care team",
        "services/records/repositories/entries.py",
        "select(func.count()).select_from(documents).where(*WITHIN_PERMIT, *_conditions(request))",
        "select(func.count()).where(documents.c.patient_id == permit.patient_id, *_conditions(request))",
    ),
    Leak(
        "a version is superseded by one beyond the permit",
        "representative",
        "services/records/repositories/permits.py",
        "        is_shown(_newer),\n",
        "",
    ),
    Leak(
        "a submission set says to partial readers what it says of all its documents",
        "carer",
        "services/records/repositories/submission_sets.py",
        'case((_IS_WHOLE, lots.c.facts.cast(Text))).label("facts")',
        'lots.c.facts.cast(Text).label("facts")',
    ),
    Leak(
        "a representative reads who was authorised in a secret connection",
        "representative",
        "services/consent/handlers/circle.py",
        "if not (dated.fact.secret and permit.limits.hides_secret)",
        "if not (dated.fact.secret and not permit.limits.hides_secret)",
    ),
)
