"""What the OpenAPI description says of bodies beyond their types: bounds that the services check."""

from typing import Any

import msgspec
from litestar._openapi.schema_generation import SchemaCreator
from litestar._openapi.schema_generation.plugins.struct import StructSchemaPlugin
from litestar.openapi.spec import Reference, Schema
from litestar.typing import FieldDefinition

from contracts.audit import AttestAct, SearchJournal
from contracts.identity.apps import RegisterClient
from contracts.identity.logins import ActivateAccount, ChangePassword
from contracts.records.lifecycle import OpenRecord
from contracts.vocabulary import Act
from gateway.api.carers import Sharing
from gateway.api.credentials import CodeAndPassword
from gateway.api.folders import FolderName
from gateway.api.operator_apps import Quota
from gateway.api.passkeys import PasskeyRegistration
from gateway.api.representatives import RepresentationEvidence, RepresentativeNaming

Bound = dict[str, Any]
"""Keywords of JSON Schema."""

_LABEL: Bound = {"minLength": 1, "maxLength": 60, "pattern": r"^[^\x00]*[^\x00\s][^\x00]*$"}
_TEXT: Bound = {"minLength": 1, "maxLength": 300, "pattern": r"\S"}
_PASSWORD: Bound = {"minLength": 12, "maxLength": 256}
_EVIDENCE: Bound = {"minLength": 4, "maxLength": 200}

BOUNDS: dict[type[msgspec.Struct], dict[str, Bound]] = {
    ActivateAccount: {"password": _PASSWORD},
    AttestAct: {
        "act": {"enum": [Act.SUPPRESSION_MESSAGE.value, Act.ROTATION_CLES.value, Act.RUPTURE_JOURNAL.value]},
        "subject": {"minLength": 1, "maxLength": 200},
    },
    ChangePassword: {"password": _PASSWORD},
    CodeAndPassword: {"password": _PASSWORD},
    FolderName: {"name": _LABEL},
    OpenRecord: {"consent_collected": {"enum": [True]}},
    PasskeyRegistration: {"label": _LABEL},
    Quota: {"quota": {"minimum": 0, "maximum": 1_000_000}},
    RegisterClient: {
        "client_id": {"pattern": "^[a-z0-9][a-z0-9.-]{2,63}$"},
        "name": _TEXT,
        "publisher": _TEXT,
        "purpose": _TEXT,
        "redirect_uris": {"maxItems": 10},
    },
    RepresentationEvidence: {"evidence": _EVIDENCE},
    RepresentativeNaming: {"evidence": _EVIDENCE},
    SearchJournal: {"count": {"minimum": 1, "maximum": 100}},
    Sharing: {"sections": {"minItems": 1}, "carer_label": _LABEL, "holder_label": _LABEL},
}
"""Body -> field -> what a service demands of it; what depends on other fields or on data is not here."""

_ATTRIBUTES = {
    "minLength": "min_length",
    "maxLength": "max_length",
    "minItems": "min_items",
    "maxItems": "max_items",
}


class BoundedStructs(StructSchemaPlugin):
    """Describes structs as the framework does, whose name for it is private, with bounds, and whether more fits."""

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: SchemaCreator) -> Schema:
        """The schema of a struct."""
        schema = super().to_openapi_schema(field_definition, schema_creator)
        kind = field_definition.type_
        if kind.__struct_config__.forbid_unknown_fields:
            schema.additional_properties = False
        for field, bound in BOUNDS.get(kind, {}).items():
            schema.properties = {
                **(schema.properties or {}),
                field: _bounded((schema.properties or {})[field], bound),
            }
        return schema


def _bounded(described: Schema | Reference, bound: Bound) -> Schema:
    schema = Schema(all_of=[described]) if isinstance(described, Reference) else described
    for keyword, value in bound.items():
        setattr(schema, _ATTRIBUTES.get(keyword, keyword), value)
    return schema
