"""Configuration of the OpenAPI description."""

from typing import Any

from litestar import Router
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Example, License, SecurityScheme, Server, Tag
from litestar.params import Body
from litestar.routes import BaseRoute
from litestar.types import ControllerRouterHandler

from contracts.errors.request import ConsentMissing
from gateway.errors import STATUS, ErrorBody, error_body
from gateway.guards import PUBLIC, ROLES

BEARER: dict[str, list[str]] = {"bearer": []}

_VERSION = "0.1.0"
_DESCRIPTION = """\
Le dossier médical partagé, ouvert : l'ouvrir, l'alimenter, le consulter, décider qui le lit, savoir qui l'a lu.
Tout refus porte un code stable, un texte en français et en anglais, et un numéro de trace.
Les documents se déposent et se lisent en octets bruts ; aucune identité de patient ne figure dans une adresse.

The shared health record, open: open it, feed it, read it, decide who reads it, know who did.
Every refusal bears a stable code, a text in French and in English, and a trace number.
Documents are deposited and read as raw bytes; no patient identity ever stands in an address.
"""

TAGS = {
    "Connexion": "Jetons d'accès, comptes et sessions. · Access tokens, accounts and sessions.",
    "Dossier": "Ouvrir, retrouver, régler, fermer un dossier. · Open, find, set up, close a record.",
    "Documents": "Déposer, trouver, lire, masquer, archiver, supprimer."
    " · Deposit, find, read, hide, archive, delete.",
    "Accès": "Autorisations, équipes, médecin traitant, représentants, blocages, urgences."
    " · Permissions, teams, representatives, blocks, emergencies.",
    "Suivi": "Avis et journal du titulaire. · The holder's notices and journal.",
    "FHIR": "L'interface FHIR R4 (MHD, PDSm), décrite en entier par /fhir/metadata."
    " · The FHIR R4 interface, described in full by /fhir/metadata.",
    "Exploitation": "Santé, mesures, actes de l'exploitant. · Health, figures, what the operator does.",
}

_ERROR_EXAMPLE = error_body(ConsentMissing(), "fr", "4bf92f3577b34da6a3ce929d0e0e4736")
_MEANINGS = {
    status: ", ".join(sorted(kind.__name__ for kind, its_status in STATUS.items() if its_status == status))
    for status in sorted(set(STATUS.values()))
}

ERROR_RESPONSES: dict[int, ResponseSpec] = {
    status: ResponseSpec(
        data_container=ErrorBody,
        generate_examples=False,
        description=meaning,
        examples=[Example(summary="consent.missing", value=_ERROR_EXAMPLE)],
    )
    for status, meaning in _MEANINGS.items()
}
"""Status -> the error response that any route may send."""


def example(**value: Any) -> Any:
    """A JSON body with an example."""
    return Body(examples=[Example(summary="exemple", value=value)])


class _DescriptionRouter(Router):
    """Without the framework's routes: `api/description.py` has its own."""

    def register(self, value: ControllerRouterHandler) -> list[BaseRoute]:  # noqa: ARG002
        return []


def describe(public_url: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Carnet",
        version=_VERSION,
        description=_DESCRIPTION,
        license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
        servers=[Server(url=public_url)],
        tags=[Tag(name=name, description=description) for name, description in TAGS.items()],
        use_handler_docstrings=True,
        components=Components(
            security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")}
        ),
        render_plugins=[JsonRenderPlugin(path="/openapi.json")],
        openapi_router=_DescriptionRouter(
            "/openapi", route_handlers=[], include_in_schema=False, opt={ROLES: PUBLIC}
        ),
    )
