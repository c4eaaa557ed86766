"""`make proof`: run every proof at full scale and print one line of JSON each; a run that was stopped goes on."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import msgspec

from tests.proof import fhir_json, one_of_many, pages

_FOLDER = Path("var/proof")
_BATCH = 500


class Proof(msgspec.Struct, frozen=True):
    """`compare`: what is wrong for a seed, empty if nothing is; `scale`: how many seeds."""

    name: str
    compare: Callable[[int], str]
    scale: int


class Progress(msgspec.Struct):
    """Seeds that were tried, from 0, and what was wrong."""

    tried: int = 0
    wrong: list[str] = []


PROOFS = (Proof("fhir_json", fhir_json.compare, 100_000),)


def run(proof: Proof) -> Progress:
    """Try the seeds that are left, and note every batch."""
    file = _FOLDER / f"{proof.name}.json"
    progress = msgspec.json.decode(file.read_bytes(), type=Progress) if file.exists() else Progress()
    while progress.tried < proof.scale:
        seeds = range(progress.tried, min(progress.tried + _BATCH, proof.scale))
        progress.wrong += filter(None, map(proof.compare, seeds))
        progress.tried = seeds.stop
        file.write_bytes(msgspec.json.encode(progress))
        print(f"{proof.name}: {progress.tried:,} of {proof.scale:,}", file=sys.stderr)
    return progress


def main() -> int:
    """Exit status 1 if anything was wrong."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    done = {proof: run(proof) for proof in PROOFS}
    for proof, progress in done.items():
        result = {"proof": proof.name, "scale": proof.scale, "tried": progress.tried, "wrong": progress.wrong}
        print(json.dumps(result))
    wrong = pages.walk(_FOLDER / "pictures")
    print(json.dumps({"proof": "pages", "scale": pages.SCALE, "tried": pages.SCALE, "wrong": wrong}))
    found, missed = one_of_many.find()
    print(json.dumps({"proof": "one_of_many", "scale": one_of_many.SCALE, "found": found, "wrong": missed}))
    return int(bool(wrong or missed) or any(progress.wrong for progress in done.values()))


if __name__ == "__main__":
    sys.exit(main())
