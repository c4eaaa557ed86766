"""Steps: documents are arranged, hidden, archived, shown and deleted."""

from uuid import UUID

from contracts.records.api import Records
from contracts.records.changes import ChangeDocument, ExpectedState
from contracts.records.documents import AboutDocument, ArchiveDocument, SetVisibility
from contracts.records.folders import AboutFolder, ArrangeDocument, ListFolders, SaveFolder
from contracts.vocabulary import Act, Capacity
from tests.journeys.entries.depositing import MASKED, document
from tests.journeys.entries.run import ScenarioRun
from tests.journeys.entries.steps import allowed, refused

_FOLDER = UUID("0f0f0f0f-0000-4000-8000-000000000001")


def saves(run: ScenarioRun, name: str) -> SaveFolder:
    return SaveFolder(patient_id=run.id("holder"), folder_id=_FOLDER, name=name)


def arranges(run: ScenarioRun, *folders: UUID, of: str = "holder", name: str = "plain") -> ArrangeDocument:
    return ArrangeDocument(patient_id=run.id(of), document_id=document(run, name), folders=folders)


def masks(run: ScenarioRun) -> SetVisibility:
    return SetVisibility(patient_id=run.id("holder"), document_id=document(run, "plain"), masque_ps=True)


def archives(run: ScenarioRun, *, archived: bool = True) -> ArchiveDocument:
    return ArchiveDocument(patient_id=run.id("holder"), document_id=document(run, "plain"), archived=archived)


def about(run: ScenarioRun, name: str, *, of: str = "holder") -> AboutDocument:
    return AboutDocument(patient_id=run.id(of), document_id=document(run, name))


def shows_early(run: ScenarioRun) -> ChangeDocument:
    """Lift the mark that makes the document invisible, if its version is one that it has not."""
    return ChangeDocument(
        patient_id=run.id("holder"),
        document_id=document(run, "invisible"),
        labels=("N",),
        expected=ExpectedState(version=99),
    )


ARRANGED = (
    allowed(Records.list_folders, "holder", lambda run: ListFolders(patient_id=run.id("holder"))),
    refused(
        "access.not_shared",
        Records.list_folders,
        "carer",
        lambda run: ListFolders(patient_id=run.id("holder")),
        capacity=Capacity.AIDANT,
    ),
    refused("request.invalid", Records.save_folder, "holder", lambda run: saves(run, "")),
    allowed(Records.save_folder, "holder", lambda run: saves(run, "Cœur")),
    allowed(Records.arrange_document, "holder", lambda run: arranges(run, _FOLDER)),
    refused("folder.not_found", Records.arrange_document, "holder", lambda run: arranges(run, run.unknown_id())),
    # The parent must not read that their child's document exists.
    refused(
        "folder.not_found",
        Records.arrange_document,
        "minor",
        lambda run: arranges(run, run.unknown_id(), of="minor", name="secret"),
        secret=True,
    ),
    refused(
        "access.not_shared",
        Records.delete_folder,
        "carer",
        lambda run: AboutFolder(patient_id=run.id("holder"), folder_id=_FOLDER),
        capacity=Capacity.AIDANT,
    ),
    allowed(
        Records.delete_folder,
        "holder",
        lambda run: AboutFolder(patient_id=run.id("holder"), folder_id=_FOLDER),
    ),
)

MARKED = (
    refused("document.not_found", Records.set_visibility, "gp", masks),
    allowed(Records.set_visibility, "holder", masks),
    refused("document.not_found", Records.archive_document, "gp", archives, acts=(Act.ARCHIVAGE_DOCUMENT,)),
    allowed(Records.archive_document, "holder", archives, acts=(Act.ARCHIVAGE_DOCUMENT,)),
    allowed(
        Records.archive_document,
        "holder",
        lambda run: archives(run, archived=False),
        acts=(Act.DESARCHIVAGE_DOCUMENT,),
    ),
    refused(
        "request.invalid",
        Records.change_document,
        "holder",
        lambda run: ChangeDocument(patient_id=run.id("holder"), document_id=document(run, "plain")),
        acts=(Act.MODIF_VISIBILITE,),
    ),
    allowed(
        Records.change_document,
        "holder",
        lambda run: ChangeDocument(
            patient_id=run.id("holder"),
            document_id=document(run, "plain"),
            add_labels=(MASKED,),
            archived=True,
        ),
        acts=(Act.MODIF_VISIBILITE, Act.ARCHIVAGE_DOCUMENT),
    ),
    # Named by an identifier alone it is not found, whatever was refused; the journal says what was.
    refused(
        "document.not_found",
        Records.change_document,
        "gp",
        lambda run: ChangeDocument(identifier=str(document(run, "deleted")), deleted=True),
        acts=(Act.SUPPRESSION_DOCUMENT,),
        journal_of=("holder",),
        reason="document.not_author",
    ),
    refused(
        "document.not_found",
        Records.change_document,
        "gp",
        lambda run: ChangeDocument(identifier=str(run.unknown_id()), deleted=True),
        acts=(Act.SUPPRESSION_DOCUMENT,),
    ),
)

SHOWN = (
    refused("document.not_author", Records.show_to_patient, "gp", lambda run: about(run, "invisible"), withheld=True),
    # What was shown is undone with the rest: the document is still withheld from the patient, and so is the entry.
    refused(
        "document.version_moved",
        Records.change_document,
        "hospital",
        shows_early,
        acts=(Act.REMISE_VISIBILITE,),
        withheld=True,
    ),
    allowed(Records.show_to_patient, "hospital", lambda run: about(run, "invisible")),
    refused("document.not_author", Records.delete_document, "gp", lambda run: about(run, "deleted")),
    refused(
        "document.not_author",
        Records.delete_document,
        "minor",
        lambda run: about(run, "secret", of="minor"),
        secret=True,
    ),
    # To a parent it is as if the document did not exist, in the journal too.
    refused(
        "document.not_found",
        Records.delete_document,
        "parent",
        lambda run: about(run, "secret", of="minor"),
        capacity=Capacity.REPRESENTANT_LEGAL,
    ),
    allowed(Records.delete_document, "hospital", lambda run: about(run, "deleted")),
)

STEPS = (*ARRANGED, *MARKED, *SHOWN)
