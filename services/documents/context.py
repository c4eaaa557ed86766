"""What the handlers of documents are given: object store, master keys, scanner, rendering, settings, repository."""

from collections.abc import Sequence
from dataclasses import dataclass

from chassis.context import RequestContext
from chassis.runtime import Runtime
from chassis.settings import load
from services.documents.bucket import Bucket
from services.documents.keepers import KeyKeeper, keeper_from
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


def load_tools() -> DocumentsTools:
    """The tools of this process, by its settings.

    Raises:
        SettingsError: the settings name no usable master key or scanner.
    """
    settings = load(DocumentsSettings)
    return DocumentsTools(
        settings=settings,
        bucket=Bucket(settings),
        keeper=keeper_from(load(MasterKeySettings)),
        scanner=scanner_from(load(ScannerSettings)),
        rendering=RenderingWorkers(load(RenderingSettings)),
    )


def missing_parts(_runtime: Runtime, tools: DocumentsTools, _missing: Sequence[str]) -> list[str]:
    """`object_store` and `scanner`, where they do not answer; a scanner only if it is required."""
    missing = []
    if not tools.bucket.is_reachable():
        missing.append("object_store")
    if tools.scanner.is_missing():
        missing.append("scanner")
    return missing


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
