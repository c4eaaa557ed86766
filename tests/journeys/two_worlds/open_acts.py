"""Acts that happen in both worlds, by name: what a reader may learn of them is the same."""

from collections.abc import Callable
from uuid import uuid4

from client.connection import Id
from contracts.vocabulary import Visibility
from deploy.dev.people import PRACTICE
from tests.journeys.two_worlds.readers import accept_carer, grant_app
from tests.journeys.two_worlds.worlds import KINDS, SHARED, ActStep, World

OpenAct = Callable[[World, ActStep], object]

_EXECUTABLE = b"MZ\x90\x00"
_MARKS = (Visibility.MASQUE_PS, Visibility.INVISIBLE_PATIENT, Visibility.INVISIBLE_REPRESENTANTS_LEGAUX)


def _document(world: World, step: ActStep) -> Id:
    return world.ids(step.document).document_id


def _rpps(world: World, name: str) -> str:
    return world.people.demo.professional(name).rpps


def depositor_of(step: ActStep) -> str:
    """Who deposits in `deposit`."""
    return ("hospital", "hospital", "specialist")[step.number % 3]


def deposit(world: World, step: ActStep) -> None:
    world.deposit(step, KINDS[step.number % len(KINDS)], by=depositor_of(step))


def deposit_marked(world: World, step: ActStep) -> None:
    world.deposit(step, "vsm", _MARKS[step.number % len(_MARKS)])


def deposit_while_masked_by_default(world: World, step: ActStep) -> None:
    holder = world.clients["holder"]
    holder.set_default_masked(world.record, True)
    try:
        world.deposit(step, "vsm")
    finally:
        holder.set_default_masked(world.record, False)


def replace(world: World, step: ActStep) -> None:
    world.deposit(step, "imaging", replaces=world.ids(step.document).unique_id)


def replace_nothing(world: World, step: ActStep) -> None:
    world.deposit(step, "imaging", replaces=world.new_unique_id(9_000 + step.number))


def fail_to_deposit(world: World, step: ActStep) -> None:
    world.clients["hospital"].deposit(world.record, _EXECUTABLE)


def announce(world: World, step: ActStep) -> None:
    world.clients["hospital"].announce(world.record, _document(world, step))


def mask(world: World, step: ActStep) -> None:
    who = ("holder", "hospital", "representative")[step.number % 3]
    world.clients[who].set_masked(world.record, _document(world, step), step.number < 4)


def archive(world: World, step: ActStep) -> None:
    who = ("holder", "hospital", "representative", "gp")[step.number % 4]
    world.clients[who].set_archived(world.record, _document(world, step), step.number < 5)


def delete(world: World, step: ActStep) -> None:
    who = "specialist" if step.number == 7 else "hospital"
    world.clients[who].delete_document(world.record, _document(world, step))


def change_by_patch(world: World, step: ActStep) -> object:
    resource_id = world.record.replace("-", "") + str(_document(world, step)).replace("-", "")
    mark = {"op": "add", "path": "/securityLabel/-", "value": {"coding": [{"code": "MASQUE_PS"}]}}
    return world.fhir("hospital").patch(f"DocumentReference/{resource_id}", mark)


def arrange(world: World, step: ActStep) -> None:
    holder = world.clients[("holder", "representative")[step.number % 2]]
    folder = world.folders.setdefault(step.number % 3, str(uuid4()))
    holder.save_folder(world.record, folder, f"Classeur {step.number % 3}")
    pinned = step.number > 2
    holder.arrange(world.record, _document(world, step), folder, pinned=pinned)


def delete_folder(world: World, step: ActStep) -> None:
    folder = world.folders.pop(step.number % 3, str(uuid4()))
    world.clients["holder"].delete_folder(world.record, folder)


def authorise(world: World, step: ActStep) -> None:
    holder, rpps = world.clients["holder"], _rpps(world, "gp")
    if step.number < 5:
        holder.authorise(world.record, rpps)
    else:
        holder.end_authorisation(world.record, rpps)


def authorise_in_fhir(world: World, step: ActStep) -> object:
    actor = {"identifier": {"system": "urn:oid:1.2.250.1.71.4.2.1", "value": f"8{_rpps(world, 'hospital')}"}}
    consent = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": {"reference": f"Patient/{world.record}"},
        "provision": {"type": "permit", "actor": [{"role": {"text": "IRCP"}, "reference": actor}]},
    }
    return world.fhir("holder").post("Consent", consent)


def authorise_team(world: World, step: ActStep) -> None:
    holder = world.clients["holder"]
    if step.number < 5:
        holder.authorise_team(world.record, PRACTICE.finess)
    else:
        holder.end_team_authorisation(world.record, PRACTICE.finess)


def name_medecin_traitant(world: World, step: ActStep) -> None:
    holder, rpps = world.clients["holder"], _rpps(world, "gp")
    if step.number < 6:
        holder.name_medecin_traitant(world.record, rpps)
    else:
        holder.dismiss_medecin_traitant(world.record, rpps)


def block_and_unblock(world: World, step: ActStep) -> None:
    client, rpps = world.clients["holder"], _rpps(world, "hospital")
    client.block(world.record, rpps)
    client.unblock(world.record, rpps)


def oppose_and_allow(world: World, step: ActStep) -> None:
    client, mode = world.clients["holder"], ("bris_de_glace", "centre_15")[step.number % 2]
    client.set_opposed(world.record, mode, True)
    client.set_opposed(world.record, mode, False)


def unmask_and_mask_emergencies(world: World, step: ActStep) -> None:
    client = world.clients["holder"]
    client.set_unmasking(world.record, True)
    client.set_unmasking(world.record, False)


def invite_and_withdraw(world: World, step: ActStep) -> None:
    client = world.clients["holder"]
    invitation = client.invite_carer(world.record, SHARED, "Voisine", "Titulaire")
    client.withdraw_invitation(world.record, invitation.invitation_id)


def change_carer(world: World, step: ActStep) -> None:
    world.clients["holder"].end_carer(world.record, world.carer.record)
    accept_carer(world)


def change_app(world: World, step: ActStep) -> None:
    giver = "representative" if world.app_by_representative else "holder"
    world.clients["holder"].revoke_app(world.record, world.people.app)
    grant_app(world, giver)


def declare(world: World, step: ActStep) -> None:
    proof = world.people.demo.vitale_proof(world.holder.card)
    world.clients[("specialist", "emergency")[step.number % 2]].declare_consent(world.record, proof)


def open_emergency(world: World, step: ActStep) -> None:
    world.clients["emergency"].break_glass(world.record, "Patiente inconsciente, allergies inconnues")


def read_list(world: World, step: ActStep) -> None:
    who = ("hospital", "specialist", "gp", "holder", "representative", "carer")[step.number % 6]
    world.clients[who].list_documents(world.record)


def read_document(world: World, step: ActStep) -> None:
    who = ("hospital", "specialist", "gp", "holder", "representative")[step.number % 5]
    world.clients[who].download(world.record, _document(world, step))


def read_trends(world: World, step: ActStep) -> None:
    world.clients[("specialist", "holder")[step.number % 2]].trends(world.record)


def close_and_reopen(world: World, step: ActStep) -> None:
    client = world.clients["holder"]
    client.close_record(world.record)
    client.reopen_record(world.record)


OPEN_ACTS: dict[str, OpenAct] = {
    act.__name__: act
    for act in (
        deposit,
        deposit_marked,
        deposit_while_masked_by_default,
        replace,
        replace_nothing,
        fail_to_deposit,
        announce,
        mask,
        archive,
        delete,
        change_by_patch,
        arrange,
        delete_folder,
        authorise,
        authorise_in_fhir,
        authorise_team,
        name_medecin_traitant,
        block_and_unblock,
        oppose_and_allow,
        unmask_and_mask_emergencies,
        invite_and_withdraw,
        change_carer,
        change_app,
        declare,
        open_emergency,
        read_list,
        read_document,
        read_trends,
        close_and_reopen,
    )
}
NEED_A_DOCUMENT = frozenset({"replace", "announce", "mask", "archive", "delete", "change_by_patch", "arrange"}) | {
    "read_document"
}
"""The acts on an earlier document."""

NOT_REPLACEABLE_AFTER = frozenset({"replace", "archive", "delete"})
"""After these, replacing the document is refused, and a refused deposit is no hidden thing (must_differ.py)."""

MARKS_IT = frozenset({"deposit_marked", "deposit_while_masked_by_default", "mask", "change_by_patch"})
"""After these, a document may be hidden from a reader in both worlds."""

ONLY_FOR: dict[str, frozenset[str]] = {
    "change_carer": frozenset({"carer"}),
    "change_app": frozenset({"app of the holder", "app of a representative"}),
}
"""Acts that need what only some readers' worlds have."""
