"""What the handlers of documents are given: object store, master keys, scanner, rendering, settings, repository."""

import threading
from dataclasses import dataclass, field

from chassis.context import RequestContext
from chassis.settings import load
from chassis.start_checks import check_room
from services.documents.bucket import Bucket
from services.documents.keepers import KeyKeeper, keeper_from
from services.documents.key_check import BucketSample, KeyCheck
from services.documents.rendering.workers import RenderingWorkers
from services.documents.repositories.contents import ContentRepository
from services.documents.scanning import VirusScanner, scanner_from
from services.documents.settings import DocumentsSettings, MasterKeySettings, RenderingSettings, ScannerSettings


@dataclass(frozen=True, slots=True)
class DocumentsTools:
    """Made once per process."""

    settings: DocumentsSettings
    bucket: Bucket
    keeper: KeyKeeper
    scanner: VirusScanner
    rendering: RenderingWorkers
    key_check: KeyCheck
    sample: BucketSample
    reading_ahead: threading.Lock = field(default_factory=threading.Lock)
    """Held while deposits are read that nobody has asked for yet."""


def load_tools() -> DocumentsTools:
    """The tools of this process, by its settings.

    Raises:
        SettingsError: the settings name no usable master key or scanner, or the disk of temporary files is full.
    """
    check_room()
    settings, keeper = load(DocumentsSettings), keeper_from(load(MasterKeySettings))
    return DocumentsTools(
        settings=settings,
        bucket=Bucket(settings),
        keeper=keeper,
        scanner=scanner_from(load(ScannerSettings)),
        rendering=RenderingWorkers(load(RenderingSettings)),
        key_check=KeyCheck(keeper),
        sample=BucketSample(),
    )


class DocumentsContext(RequestContext[DocumentsTools]):
    """The `ctx` of documents' handlers."""

    @property
    def settings(self) -> DocumentsSettings:
        """What the operator set."""
        return self.tools.settings

    @property
    def contents(self) -> ContentRepository:
        """The rows of contents, unclaimed objects and spent tickets."""
        return ContentRepository(self.connection)
