"""Request parameters that several resources share."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from litestar.params import PathParameter, QueryParameter

from contracts.errors.request import InvalidRequest
from contracts.vocabulary import AccessMode

_CURSOR_PATTERN = "^[A-Za-z0-9._~=-]+$"

PatientInPath = Annotated[UUID, PathParameter(description="Le dossier · The record")]

DocumentInPath = Annotated[UUID, PathParameter(description="Le document, son logicalId · The document's logicalId")]

RppsInPath = Annotated[
    str,
    PathParameter(pattern="^[0-9]{11}$", min_length=11, max_length=11, description="RPPS : 11 chiffres · 11 digits"),
]

FinessInPath = Annotated[
    str,
    PathParameter(
        pattern="^[0-9][0-9AB][0-9]{7}$",
        min_length=9,
        max_length=9,
        description="FINESS de la structure : 9 caractères · The structure's number, 9 characters",
    ),
]

AppInPath = Annotated[
    str,
    PathParameter(
        pattern="^[a-z0-9][a-z0-9.-]{2,63}$",
        min_length=3,
        max_length=64,
        description="Le nom sous lequel l'application est enregistrée · The name the app is registered under",
    ),
]

SoftwareInPath = Annotated[
    str,
    PathParameter(
        pattern="^[A-Za-z0-9._-]+$", min_length=1, max_length=64, description="Numéro d'homologation · Its number"
    ),
]

PasskeyInPath = Annotated[
    str,
    PathParameter(
        pattern="^[A-Za-z0-9_-]+$", min_length=1, max_length=1400, description="La clé d'accès · The passkey's id"
    ),
]

RepresentativeInPath = Annotated[UUID, PathParameter(description="Le représentant · The representative")]

AttemptInPath = Annotated[
    str,
    PathParameter(
        pattern=_CURSOR_PATTERN,
        min_length=1,
        max_length=200,
        description="La tentative à laquelle le code appartient · The attempt the code belongs to",
    ),
]


class EmergencyMode(StrEnum):
    """The access modes of emergencies."""

    BRIS_DE_GLACE = AccessMode.BRIS_DE_GLACE
    CENTRE_15 = AccessMode.CENTRE_15


EmergencyModeInPath = Annotated[EmergencyMode, PathParameter(description="Le mode d'urgence · The emergency mode")]

Mode = Annotated[AccessMode, QueryParameter(description="Comment le professionnel entre · How one comes in")]

Secret = Annotated[bool, QueryParameter(description="Connexion secrète d'un mineur · A minor's secret connection")]

Count = Annotated[int, QueryParameter(ge=1, le=100, description="Nombre maximal de lignes · At most so many")]

Cursor = Annotated[
    str | None,
    QueryParameter(
        pattern=_CURSOR_PATTERN,
        min_length=1,
        max_length=512,
        description="Là où la page précédente s'est arrêtée · Where the last page ended",
    ),
]

FreeText = Annotated[str, msgspec.Meta(pattern="^[^\\x00]*$")]
"""Free text in a body, without NUL, which PostgreSQL cannot store."""


def in_utc(moment: datetime | None, *, field: str) -> datetime | None:
    """A moment sent by a client, in UTC.

    Raises:
        InvalidRequest: it has no UTC offset, or is out of range in UTC.
    """
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise InvalidRequest(field=field)
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise InvalidRequest(field=field) from None
