"""Acts that are hidden from the reader, by name: they happen in the first world only."""

from collections.abc import Callable
from typing import Any

import requests

from tests.journeys.two_worlds.readers import MARKS, Hidden
from tests.journeys.two_worlds.worlds import KINDS, ActStep, Identifiers, World
from tests.support.fhir_client import reference_to, submission_set_of, text_reference_to

HiddenAct = Callable[[World, ActStep, Hidden], object]
"""With the kind of what is hidden."""

_EXECUTABLE = b"MZ\x90\x00"
_DENIED_TO_NURSES = "75496-0"
_UNSHARED = ("prescription", "vaccination_note")
_IN_SECRET = {"secret": "true"}
_SECONDS = 30


def _resource_id(world: World, document_id: str) -> str:
    return world.record.replace("-", "") + document_id.replace("-", "")


def _connection(kind: Hidden, step: ActStep) -> dict[str, str]:
    """Every other secret document is deposited in a secret connection."""
    return _IN_SECRET if kind is Hidden.SECRET and step.number % 2 else {}


def deposit(world: World, step: ActStep, kind: Hidden) -> object:
    if kind is Hidden.DENIED_TYPE:
        return _deposit_text(world, step)
    if kind is Hidden.UNSHARED_SECTION:
        return world.deposit(step, _UNSHARED[step.number % 2])
    sample = KINDS[step.number % 2]
    return world.deposit(step, sample, *MARKS.get(kind, ()), **_connection(kind, step))


def _deposit_text(world: World, step: ActStep) -> object:
    reference = text_reference_to(world.holder, b"Demande", _DENIED_TO_NURSES, title="Demande")
    unique_id = world.new_unique_id(step.new)
    reference["masterIdentifier"]["value"] = f"urn:oid:{unique_id}"
    answer = world.fhir("hospital").post("DocumentReference", reference)
    _keep_posted(world, step, answer, "hospital")
    return answer


def _keep_posted(world: World, step: ActStep, answer: requests.Response, who: str) -> None:
    if answer.ok:
        document = world.clients[who].document(world.record, _id_in(answer.json()["id"]))
        world.keep(step.new, document)


def _id_in(resource_id: str) -> str:
    digits = resource_id[32:]
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def deposit_in_place_of_a_shown_one(world: World, step: ActStep, kind: Hidden) -> None:
    replaced = world.ids(step.document).unique_id
    world.deposit(step, "imaging", *MARKS[kind], replaces=replaced, **_connection(kind, step))


def deposit_in_place_of_a_hidden_one(world: World, step: ActStep, kind: Hidden) -> None:
    deposit_in_place_of_a_shown_one(world, step, kind)


def repeat_a_deposit(world: World, step: ActStep, kind: Hidden) -> None:
    """The same bytes again are the same deposit."""
    content = world.content(step, "vsm", "hospital")
    hospital = world.clients["hospital"]
    world.keep(step.new, hospital.deposit(world.record, content, MARKS[kind]))
    hospital.deposit(world.record, content, MARKS[kind])


def fail_to_deposit(world: World, step: ActStep, kind: Hidden) -> None:
    secret = _IN_SECRET if kind is Hidden.SECRET else {}
    world.clients["hospital"].deposit(world.record, _EXECUTABLE, MARKS[kind], **secret)


def replace_by_another(world: World, step: ActStep, kind: Hidden) -> None:
    """Somebody who does not know it, and does nothing in the open: as an author they may."""
    replaces = world.ids(step.document).unique_id
    world.deposit(step, "imaging", *MARKS[kind], by="pharmacist", replaces=replaces)


def read(world: World, step: ActStep, kind: Hidden) -> None:
    secret = _IN_SECRET if kind is Hidden.SECRET else {}
    document = world.ids(step.document).document_id
    who = ("hospital", "specialist" if kind is Hidden.SECRET else "hospital")[step.number % 2]
    world.clients[who].download(world.record, document, **secret)


def read_by_holder(world: World, step: ActStep, kind: Hidden) -> None:
    world.clients["holder"].download(world.record, world.ids(step.document).document_id)


def list_in_secret(world: World, step: ActStep, kind: Hidden) -> None:
    who = ("hospital", "specialist", "gp")[step.number % 3]
    client = world.clients[who]
    (client.list_documents, client.all_facts)[step.number % 2](world.record, **_IN_SECRET)


def find_in_secret(world: World, step: ActStep, kind: Hidden) -> object:
    """Before anything else, the record is found by INS or by traits."""
    patient, who = world.holder.patient, ("nurse", "pharmacist", "gp")[step.number % 3]
    traits = {"family_name": patient.family_name, "given_names": patient.given_names}
    if step.number % 2:
        body = {"ins": {"matricule": patient.ins.matricule, "oid": patient.ins.oid}, "secret": True}
        return _post(world, who, f"{world.people.demo.gateway}/dmp/records/search", body)
    body = {**traits, "birth_date": patient.birth_date.isoformat(), "secret": True}
    return _post(world, who, f"{world.people.demo.gateway}/dmp/patients/search", body)


def declare_in_secret(world: World, step: ActStep, kind: Hidden) -> object:
    """The minor shows their card in a secret connection."""
    proof = world.people.demo.vitale_proof(world.holder.card)
    who = ("gp", "nurse", "pharmacist")[step.number % 3]
    path = f"{world.people.demo.gateway}/dmp/records/{world.record}/authorisations"
    return _post(world, who, path, {"vitale_proof": proof}, **_IN_SECRET)


def _post(world: World, who: str, url: str, body: object, **query: str) -> requests.Response:
    headers = {"authorization": f"Bearer {world.clients[who].token}"}
    return requests.post(url, params=query, json=body, headers=headers, timeout=_SECONDS)


def archive(world: World, step: ActStep, kind: Hidden) -> None:
    client, document = world.clients["hospital"], world.ids(step.document).document_id
    client.set_archived(world.record, document, True)
    if step.number % 2:
        client.set_archived(world.record, document, False)


def delete(world: World, step: ActStep, kind: Hidden) -> None:
    world.clients["hospital"].delete_document(world.record, world.ids(step.document).document_id)


def fail_to_change(world: World, step: ActStep, kind: Hidden) -> None:
    client, document = world.clients["gp"], world.ids(step.document).document_id
    change = (client.delete_document, client.download, client.announce)[step.number % 3]
    change(world.record, document)


def change_by_patch(world: World, step: ActStep, kind: Hidden) -> object:
    resource_id = _resource_id(world, world.ids(step.document).document_id)
    archived = {"op": "replace", "path": "/extension/0/valueBoolean", "value": step.number < 4}
    return world.fhir("hospital").patch(f"DocumentReference/{resource_id}", archived)


def arrange(world: World, step: ActStep, kind: Hidden) -> None:
    document, folders = world.ids(step.document).document_id, tuple(world.folders.values())
    world.clients["holder"].arrange(world.record, document, *folders, pinned=step.number > 2)


def archive_by_holder(world: World, step: ActStep, kind: Hidden) -> None:
    document = world.ids(step.document).document_id
    world.clients["holder"].set_archived(world.record, document, step.number < 4)


def oppose_heirs(world: World, step: ActStep, kind: Hidden) -> None:
    """A representative may be an heir."""
    world.clients["holder"].set_heirs_opposed(world.record, True)
    if step.number % 2:
        world.clients["holder"].set_heirs_opposed(world.record, False)


BY_MARK = frozenset(MARKS)
NOT_WITHHELD = frozenset(Hidden) - {Hidden.WITHHELD}
_ONLY_SECRET = frozenset({Hidden.SECRET})

HIDDEN_ACTS: dict[str, tuple[HiddenAct, frozenset[Hidden]]] = {
    act.__name__: (act, kinds)
    for act, kinds in (
        (deposit, frozenset(Hidden)),
        (deposit_in_place_of_a_shown_one, BY_MARK),
        (deposit_in_place_of_a_hidden_one, BY_MARK),
        (repeat_a_deposit, BY_MARK),
        (fail_to_deposit, BY_MARK - {Hidden.MASKED, Hidden.WITHHELD}),
        (replace_by_another, BY_MARK - {Hidden.MASKED, Hidden.WITHHELD}),
        (read, frozenset(Hidden)),
        (read_by_holder, NOT_WITHHELD),
        (list_in_secret, _ONLY_SECRET),
        (find_in_secret, _ONLY_SECRET),
        (declare_in_secret, _ONLY_SECRET),
        (oppose_heirs, _ONLY_SECRET),
        (archive, frozenset(Hidden)),
        (delete, frozenset(Hidden)),
        (fail_to_change, frozenset(Hidden)),
        (change_by_patch, frozenset(Hidden)),
        (arrange, NOT_WITHHELD),
        (archive_by_holder, NOT_WITHHELD),
    )
}
"""Act -> the kinds of what is hidden that it is done for."""

ON_HIDDEN = frozenset({"replace_by_another", "read", "read_by_holder", "archive", "delete"}) | {
    "fail_to_change",
    "change_by_patch",
    "arrange",
    "archive_by_holder",
    "name_hidden",
}
"""The acts on an earlier hidden document that do not replace it."""


def deposit_set(world: World, step: ActStep, kind: Hidden) -> object:
    """A submission set: its second document is hidden, and so is a title that may speak of it."""
    contents = [world.content(step, "vsm", "hospital")]
    second = ActStep(step.number, step.document, step.new + 1, step.at)
    if world.has_hidden:
        contents.append(world.content(second, "imaging", "hospital"))
    bundle = submission_set_of(world.holder, *contents)
    if world.has_hidden:
        bundle["entry"][0]["resource"]["title"] = "Consultation et examen demandé"
        _reference(bundle, 1)["securityLabel"] = [{"coding": [{"code": mark}]} for mark in MARKS[kind]]
    answer = world.fhir("hospital").post("", bundle)
    if answer.ok:
        _keep_set(world, step.new, answer.json())
    return answer


def replace_hidden_by_shown(world: World, step: ActStep, kind: Hidden) -> None:
    """To whom it is hidden, what is replaced is unknown."""
    world.deposit(step, "imaging", replaces=world.ids(step.document).unique_id)


def replace_hidden_version_by_shown(world: World, step: ActStep, kind: Hidden) -> object:
    """To whom it is hidden, what is replaced is what the hidden version replaced."""
    replaced = world.ids(step.document if world.has_hidden else step.shown).unique_id
    return _post_related(world, step, "hospital", replaced)


def name_hidden(world: World, step: ActStep, kind: Hidden) -> object:
    """A depositor to whom it is hidden replaces what does not exist, as far as they know."""
    who = "pharmacist" if kind is Hidden.NOT_OWN else "specialist"
    named = world.ids(step.document).unique_id
    # By metadata it is refused, by the header a first version.
    _post_related(world, step, who, named)
    return world.deposit(step, "imaging", by=who, replaces=named)


def _post_related(world: World, step: ActStep, who: str, replaced: str) -> requests.Response:
    """The metadata alone say what is replaced."""
    related = {"code": "replaces", "target": {"identifier": {"value": f"urn:oid:{replaced}"}}}
    reference = reference_to(world.holder, world.content(step, "imaging", who), relatesTo=[related])
    answer = world.fhir(who).post("DocumentReference", reference)
    _keep_posted(world, step, answer, who)
    return answer


MIXED_ACTS: dict[str, tuple[HiddenAct, frozenset[Hidden]]] = {
    act.__name__: (act, kinds)
    for act, kinds in (
        (deposit_set, BY_MARK),
        (replace_hidden_by_shown, BY_MARK),
        (replace_hidden_version_by_shown, BY_MARK),
        (name_hidden, frozenset({Hidden.MASKED, Hidden.NOT_OWN})),
    )
}
"""Acts that happen in both worlds, and show the same."""

IN_PLACE_OF_HIDDEN: dict[str, bool | None] = {
    "deposit_in_place_of_a_hidden_one": None,
    "replace_hidden_by_shown": False,
    "replace_hidden_version_by_shown": True,
}
"""The acts that replace a hidden document -> whether it must replace a shown one itself, if that matters."""

ENDS = (
    IN_PLACE_OF_HIDDEN.keys()
    | {"deposit_in_place_of_a_shown_one"}
    | {"archive", "delete", "change_by_patch"}
    | {"archive_by_holder"}
)
"""After these, the earlier document may not be current any more."""


def _reference(bundle: dict[str, Any], place: int) -> dict[str, Any]:
    entries = [entry["resource"] for entry in bundle["entry"]]
    references: list[dict[str, Any]] = [found for found in entries if found["resourceType"] == "DocumentReference"]
    return references[place]


def _keep_set(world: World, place: int, answered: dict[str, Any]) -> None:
    locations = [entry["response"]["location"] for entry in answered["entry"]]
    found = [
        location.rpartition("DocumentReference/")[2] for location in locations if "DocumentReference/" in location
    ]
    hospital = world.clients["hospital"]
    for offset, resource_id in enumerate(found):
        document_id = _id_in(resource_id.partition("/")[0])
        world.keep(place + offset, hospital.document(world.record, document_id))
    # The set is there for both of its documents, also where the second is not.
    set_id = world.ids(place).set_id
    world.documents.setdefault(place + 1, Identifiers(set_id=set_id))
