"""Custom resources against the schemas of their operators: `custom_resources.py SCHEMAS FILE`, in JSON and out again.

Run by the Python of the validators. As an API server, it takes no field that the schema does not name.
"""

import json
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

_OBJECT_STORE = "barmancloud.cnpg.io_v1_ObjectStore"


def main(schemas: Path, file: Path) -> None:
    manifests = json.loads(file.read_text())
    print(json.dumps([fault for manifest in manifests for fault in _faults(schemas, manifest)]))


def _faults(schemas: Path, manifest: dict[str, Any]) -> list[str]:
    found, schema = manifest, _schema(schemas, manifest)
    if schema is None:
        return []
    if _kind(manifest) == _OBJECT_STORE:
        found = manifest["spec"]["configuration"]
    name = f"{manifest['kind']}/{manifest['metadata']['name']}"
    errors = Draft202012Validator(_strict(schema)).iter_errors(found)
    return [f"{name}: {error.json_path}: {error.message}" for error in errors]


def _schema(schemas: Path, manifest: dict[str, Any]) -> Any:
    """The schema of a kind; None where there is none. The plugin for backups takes CloudNativePG's own structure."""
    if _kind(manifest) == _OBJECT_STORE:
        cluster = json.loads((schemas / "postgresql.cnpg.io_v1_Cluster.json").read_text())
        return cluster["properties"]["spec"]["properties"]["backup"]["properties"]["barmanObjectStore"]
    file = schemas / f"{_kind(manifest)}.json"
    return json.loads(file.read_text()) if file.exists() else None


def _kind(manifest: dict[str, Any]) -> str:
    return f"{manifest['apiVersion'].replace('/', '_')}_{manifest['kind']}"


def _strict(schema: Any) -> Any:
    """The same schema that refuses fields it does not name."""
    if isinstance(schema, list):
        return [_strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(part) for key, part in schema.items()}
    names_fields = isinstance(schema.get("properties"), dict) and "type" in schema
    if names_fields and "additionalProperties" not in schema and not _is_open(schema):
        strict["additionalProperties"] = False
    return strict


def _is_open(schema: dict[str, Any]) -> bool:
    return bool(schema.get("x-kubernetes-preserve-unknown-fields"))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
