"""Content is encrypted at rest: the bucket holds neither plain text nor the key."""

from pathlib import Path

from client.people import DemoPeople
from deploy.dev.keys import Keys
from deploy.dev.stack import Stack
from tests.support.people import document_for, open_record


def test_the_bucket_holds_neither_plain_text_nor_the_master_key(platform: Stack, demo: DemoPeople) -> None:
    holder, depositor = open_record(demo), demo.logged_in("hospital")
    content = document_for(demo, holder)
    document = depositor.deposit(holder.record, content)
    objects = _everything_in_the_bucket(platform)
    assert objects
    master = Keys(platform.layout.keys).master.read_bytes()
    for data in objects:
        assert holder.patient.family_name.encode() not in data
        assert b"ClinicalDocument" not in data
        assert master not in data
        assert content[:64] not in data
    assert depositor.download(holder.record, str(document.document_id)) == content


def _everything_in_the_bucket(platform: Stack) -> list[bytes]:
    """The raw files of the object store, read past its API."""
    root: Path = platform.layout.object_store
    return [path.read_bytes() for path in root.rglob("*") if path.is_file()]
