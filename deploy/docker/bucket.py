"""`python -m deploy.docker.bucket`: makes the bucket of CARNET_S3_* if it is missing; documents never does."""

import msgspec

from chassis.settings import load
from deploy.dev.object_store import ObjectStore


class BucketSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables, as documents names them."""

    s3_endpoint: str
    s3_access_key: str
    s3_secret_key: str
    s3_region: str
    s3_bucket: str
    s3_secure: bool = True


def main() -> None:
    settings = load(BucketSettings)
    store = ObjectStore(
        endpoint=settings.s3_endpoint,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        region=settings.s3_region,
        bucket=settings.s3_bucket,
        secure=settings.s3_secure,
    )
    store.ensure_bucket()


if __name__ == "__main__":
    main()
