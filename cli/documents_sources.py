"""Database, master keys and object store of `carnet documents`: by option or environment, else the stack's."""

import os

from chassis.settings import load
from deploy.dev.description import read_description
from deploy.dev.errors import StackError
from deploy.dev.stack import Stack
from services.documents.bucket import Bucket
from services.documents.keepers import KeyKeeper, keeper_from
from services.documents.settings import DocumentsSettings, MasterKeySettings


def documents_database(given: str) -> str:
    """`given`, else CARNET_DOCUMENTS_DATABASE_URL, else the database of the stack that is up."""
    url = given or os.environ.get("CARNET_DOCUMENTS_DATABASE_URL")
    if url:
        return url
    description = read_description(_stack().layout)
    if description is None:
        raise StackError("la plate-forme est arrêtée / the platform is down: make up, or --database")
    return str(description["postgres"]["documents"])


def key_keeper() -> KeyKeeper:
    """The keeper set by CARNET_MASTER_KEY_FILE or CARNET_PKCS11_*, else the stack's key file."""
    settings = load(MasterKeySettings)
    if not (settings.master_key_file or settings.pkcs11_module):
        own, older = _stack().addresses.keys.master, settings.older_master_key_files
        settings = MasterKeySettings(master_key_file=str(own), older_master_key_files=older)
    return keeper_from(settings)


def content_bucket() -> Bucket:
    """The bucket set by CARNET_S3_*, else the stack's."""
    if "CARNET_S3_BUCKET" in os.environ:
        return Bucket(load(DocumentsSettings))
    store = _stack().addresses.object_store
    return Bucket(
        DocumentsSettings(
            s3_endpoint=store.endpoint,
            s3_access_key=store.access_key,
            s3_secret_key=store.secret_key,
            s3_region=store.region,
            s3_bucket=store.bucket,
            s3_secure=store.secure,
        )
    )


def _stack() -> Stack:
    stack = Stack.from_environment(os.environ)
    stack.is_described()
    return stack
