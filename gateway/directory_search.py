"""The search in the directory of professionals, so often a minute in one session."""

from contracts.identity.api import Identity
from contracts.identity.directory import ProfessionalsFound, SearchProfessionals
from gateway.clients import ApiRequest
from gateway.request_state import request_state_of


async def find_professionals(request: ApiRequest, message: SearchProfessionals) -> ProfessionalsFound:
    """Those found.

    Raises:
        TooManyRequests. Refusal: identity's.
    """
    actor = request_state_of(request.scope).actor
    request.clients.quotas.check_search(actor.session if actor else "")
    return await request.call(Identity.search_professionals, message)
