"""The directory for patients, who look for a professional to authorise or block, and read whom they did."""

from chassis.access_rules import NoEntry, NoQuestion, unjournalled
from chassis.handlers import handles
from contracts.errors.request import InvalidRequest
from contracts.identity.api import Identity
from contracts.identity.directory import (
    LISTED_AT_MOST,
    NAMED_AT_MOST,
    SEARCHED_LETTERS,
    DirectoryNames,
    NameProfessionals,
    ProfessionalsFound,
    SearchProfessionals,
)
from contracts.traits import fold_name
from services.identity.context import IdentityContext

_PUBLIC = unjournalled(NoEntry.PUBLIC, NoQuestion.PUBLIC)
_LONGEST = 100
_MOST_WORDS = 8


@handles(Identity.search_professionals, access=_PUBLIC, reading=True)
def search_professionals(ctx: IdentityContext, request: SearchProfessionals) -> ProfessionalsFound:
    """Those with this name, how many more is not told.

    Raises:
        InvalidRequest: name, structure: too short, or too much of it.
    """
    if len(_searched(request.name, "name").replace(" ", "")) < SEARCHED_LETTERS:
        raise InvalidRequest(field="name")
    _searched(request.structure, "structure")
    found = ctx.database.repositories.search_professionals(
        request.name, profession=request.profession, structure=request.structure, most=LISTED_AT_MOST + 1
    )
    return ProfessionalsFound(professionals=tuple(found[:LISTED_AT_MOST]), more=len(found) > LISTED_AT_MOST)


@handles(Identity.name_professionals, access=_PUBLIC, reading=True)
def name_professionals(ctx: IdentityContext, request: NameProfessionals) -> DirectoryNames:
    """The names behind numbers; who is not listed is left out.

    Raises:
        InvalidRequest: rpps, structures: too many.
    """
    if len(request.rpps) > NAMED_AT_MOST:
        raise InvalidRequest(field="rpps")
    if len(request.structures) > NAMED_AT_MOST:
        raise InvalidRequest(field="structures")
    repositories = ctx.database.repositories
    return DirectoryNames(
        professionals=tuple(repositories.name_professionals(request.rpps)),
        structures=tuple(repositories.name_structures(request.structures)),
    )


def _searched(words: str, field: str) -> str:
    folded = fold_name(words)
    if len(words) > _LONGEST or len(folded.split()) > _MOST_WORDS:
        raise InvalidRequest(field=field)
    return folded
