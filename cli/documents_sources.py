"""Master keys and object store of `carnet documents`: by option or environment, else the stack's."""

import os

from chassis.settings import load
from cli.target import announce_target, target
from deploy.dev.stack import Stack
from services.documents.bucket import Bucket
from services.documents.keepers import KeyKeeper, keeper_from
from services.documents.settings import DocumentsSettings, MasterKeySettings


def key_keeper() -> KeyKeeper:
    """The keeper set by CARNET_MASTER_KEY_FILE or CARNET_PKCS11_*, else the stack's key file."""
    settings = load(MasterKeySettings)
    if not settings.pkcs11_module and target("CARNET_MASTER_KEY_FILE") is None:
        own, older = _stack().addresses.keys.master, settings.older_master_key_files
        settings = MasterKeySettings(master_key_file=str(own), older_master_key_files=older)
    return keeper_from(settings)


def content_bucket() -> Bucket:
    """The bucket set by CARNET_S3_*, else the stack's."""
    if target("CARNET_S3_BUCKET") is not None:
        settings = load(DocumentsSettings)
        announce_target("bucket", f"{settings.s3_endpoint}/{settings.s3_bucket}")
        return Bucket(settings)
    store = _stack().addresses.object_store
    announce_target("bucket", f"{store.endpoint}/{store.bucket}")
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
