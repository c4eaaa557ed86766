"""Master keys and object store of `carnet documents`: by option or environment, else the stack's."""

import os

from chassis.settings import load
from cli.target import announce_target, target
from deploy.backup.objects import bucket_of
from deploy.dev.object_store import ObjectStore
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
    """That of `content_store`; says first which it is."""
    store = content_store()
    announce_target("bucket", f"{store.endpoint}/{store.bucket}")
    return bucket_of(store)


def content_store() -> ObjectStore:
    """The object store and bucket set by CARNET_S3_*, else the stack's."""
    if target("CARNET_S3_BUCKET") is None:
        return _stack().addresses.object_store
    settings = load(DocumentsSettings)
    return ObjectStore(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        region=settings.s3_region,
        bucket=settings.s3_bucket,
        secure=settings.s3_secure,
    )


def _stack() -> Stack:
    stack = Stack.from_environment(os.environ)
    stack.is_described()
    return stack
