"""Leaks that the two-worlds test must find, each as a change of the source that puts it back."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Leak:
    """`file`: from the root of the checkout; `old` occurs in it once, and `new` in its place is the leak.

    `reader`: one to whom something leaks, by name. `shows`: where it leaks: a route, an act, or the messages. A
    difference begins with it.
    """

    name: str
    reader: str
    shows: str
    file: str
    old: str
    new: str


LEAKS = (
    Leak(
        "a representative reads the notices of secret acts",
        "representative",
        "GET /dmp/records/{patient_id}/notices",
        "services/notify/repositories/notices.py",
        "if permit.limits.hides_secret else to_holder",
        "if permit.limits.hides_secret and not permit.ids else to_holder",
    ),
    Leak(
        "notices of secret acts are sent to an address that may be a parent's",
        "representative",
        "messages",
        "services/notify/domain/notices.py",
        "    if secret:\n",
        "    if secret and rule.urgent:\n",
    ),
    Leak(
        "the journal shows the lines of a document before it appears",
        "holder",
        "GET /dmp/records/{patient_id}/journal",
        "services/audit/domain/strands.py",
        "if (strand.strand_key.document_id is None or strand.shown)",
        "if (strand.strand_key.document_id is None or strand.shown or strand.number > 1)",
    ),
    Leak(
        "the journal shows a representative that access to a secret document was refused",
        "representative",
        "GET /dmp/records/{patient_id}/journal",
        "chassis/access.py",
        "        if self.document_id is not None:\n            self._keep_hidden",
        "        if self.document_id is not None and self.actor.rpps is None:\n            self._keep_hidden",
    ),
    Leak(
        "pins name documents beyond the permit",
        "representative",
        "GET /dmp/records/{patient_id}/folders",
        "services/records/repositories/folders.py",
        "join(pins, _PINNED).where(*WITHIN_PERMIT)",
        "join(pins, _PINNED).where(documents.c.patient_id == permit.patient_id)",
    ),
    Leak(
        "the number of matches counts documents beyond the permit",
        "nurse of a care team",
        "GET /fhir/DocumentReference",
        "services/records/repositories/entries.py",
        "select(func.count()).select_from(documents).where(*WITHIN_PERMIT, *_conditions(request))",
        "select(func.count()).where(documents.c.patient_id == permit.patient_id, *_conditions(request))",
    ),
    Leak(
        "a version is superseded by one beyond the permit",
        "representative",
        "GET /dmp/records/{patient_id}/documents",
        "services/records/repositories/permits.py",
        "        is_shown(_newer),\n",
        "",
    ),
    Leak(
        "a submission set says to partial readers what it says of all its documents",
        "carer",
        "GET /fhir/List",
        "services/records/repositories/submission_sets.py",
        'case((_IS_WHOLE, lots.c.facts.cast(Text))).label("facts")',
        'lots.c.facts.cast(Text).label("facts")',
    ),
    Leak(
        "a representative reads who was authorised in a secret connection",
        "representative",
        "GET /dmp/records/{patient_id}/authorisations",
        "services/consent/handlers/circle.py",
        "if not (dated.fact.secret and permit.limits.hides_secret)",
        "if not (dated.fact.secret and not permit.limits.hides_secret)",
    ),
    Leak(
        "folders count documents beyond the permit",
        "representative",
        "GET /dmp/records/{patient_id}/folders",
        "services/records/repositories/folders.py",
        ".where(*WITHIN_PERMIT)\n            .group_by",
        ".where(documents.c.patient_id == permit.patient_id)\n            .group_by",
    ),
    Leak(
        "a version says that it replaces one beyond the permit",
        "representative",
        "GET /dmp/records/{patient_id}/documents",
        "services/records/repositories/permits.py",
        "        is_shown(_older),\n",
        "",
    ),
    Leak(
        "naming a hidden document is answered by what it is",
        "authorised doctor",
        "name_hidden",
        "services/records/domain/deposits.py",
        "is_known = named.is_shown and status",
        "is_known = status",
    ),
    Leak(
        "the journal shows a representative the search in a secret connection",
        "representative",
        "GET /dmp/records/{patient_id}/journal",
        "chassis/access.py",
        "            **self.event_flags,\n        }",
        "            **self.event_flags,\n        }\n        if self.act is Act.RECHERCHE_DOSSIER:\n"
        '            fields["secret"] = False',
    ),
)
