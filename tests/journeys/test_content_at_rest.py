"""Content rests encrypted: the bucket holds nothing readable, and no key."""

from pathlib import Path

from cli.demo.people import DemoPeople
from deploy.dev.keys import Keys
from deploy.dev.stack import Stack
from tests.support.people import document_for, open_record


def test_the_bucket_holds_neither_words_nor_keys(platform: Stack, demo: DemoPeople) -> None:
    holder, depositor = open_record(demo), demo.logged_in("hospital")
    content = document_for(demo, holder)
    document = depositor.deposit(holder.record, content)
    resting = _everything_in_the_bucket(platform)
    assert resting
    master = Keys(platform.layout.keys).master.read_bytes()
    for stored in resting:
        assert holder.patient.family_name.encode() not in stored
        assert b"ClinicalDocument" not in stored
        assert master not in stored
        assert content[:64] not in stored
    assert depositor.download(holder.record, str(document["document_id"])) == content


def _everything_in_the_bucket(platform: Stack) -> list[bytes]:
    """The files of the object store themselves, not what its API would show."""
    root: Path = platform.layout.object_store
    return [path.read_bytes() for path in root.rglob("*") if path.is_file()]
