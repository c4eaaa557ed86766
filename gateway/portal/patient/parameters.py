"""Parameters in the addresses of several pages of a patient's account."""

from typing import Annotated
from uuid import UUID

from litestar.params import PathParameter

AttemptOfLogin = Annotated[UUID, PathParameter(description="La connexion en cours · The login under way")]
