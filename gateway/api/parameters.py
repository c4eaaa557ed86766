"""The parameters several resources take, and how they read them."""

from typing import Annotated
from uuid import UUID

from litestar.params import PathParameter, QueryParameter

from contracts.vocabulary import AccessMode

_MARK = "^[A-Za-z0-9._~=-]+$"

PatientInPath = Annotated[UUID, PathParameter(description="Le dossier · The record")]

DocumentInPath = Annotated[UUID, PathParameter(description="Le document, son logicalId · The document's logicalId")]

RppsInPath = Annotated[
    str,
    PathParameter(pattern="^[0-9]{11}$", min_length=11, max_length=11, description="RPPS : 11 chiffres · 11 digits"),
]

AttemptInPath = Annotated[
    str,
    PathParameter(
        pattern=_MARK,
        min_length=1,
        max_length=200,
        description="La tentative à laquelle le code appartient · The attempt the code belongs to",
    ),
]

EmergencyModeInPath = Annotated[AccessMode, PathParameter(description="Le mode d'urgence · The emergency mode")]

Mode = Annotated[AccessMode, QueryParameter(description="Comment le professionnel entre · How one comes in")]

Count = Annotated[int, QueryParameter(ge=1, le=100, description="Nombre maximal de lignes · At most so many")]

Mark = Annotated[
    str | None,
    QueryParameter(
        pattern=_MARK,
        min_length=1,
        max_length=512,
        description="Là où la page précédente s'est arrêtée · Where the last page ended",
    ),
]
