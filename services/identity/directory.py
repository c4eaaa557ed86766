"""Imports the directory from a JSON file: `python -m services.identity.directory FILE`."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from chassis.db import make_engine
from chassis.settings import load
from contracts.vocabulary import Finess, Rpps, SoftwareProfile
from services.identity import domain
from services.identity.repositories.directory import DirectoryRepository

_BATCH = 1000

T = TypeVar("T")


class ListedStructure(msgspec.Struct, frozen=True):
    """A place of practice."""

    finess: Finess
    name: str


class ListedProfessional(msgspec.Struct, frozen=True):
    """A professional with profession code (TRE_G15) and places of practice."""

    rpps: Rpps
    title: str
    family_name: str
    given_names: str
    profession: str
    structures: tuple[Finess, ...]
    email: str | None = None
    mobile: str | None = None


class ListedSoftware(msgspec.Struct, frozen=True):
    """A homologated software and what it may do."""

    number: str
    name: str
    profile: SoftwareProfile


class Directory(msgspec.Struct, frozen=True):
    """The content of the file."""

    structures: tuple[ListedStructure, ...]
    professionals: tuple[ListedProfessional, ...]
    software: tuple[ListedSoftware, ...]


class DirectorySettings(msgspec.Struct, frozen=True):
    """Where identity's database is."""

    database_url: str


def read_directory(content: bytes) -> Directory:
    """Read the file.

    Raises:
        ValueError: not of this form, or a number with a wrong key; names the place.
    """
    directory = msgspec.json.decode(content, type=Directory)
    for index, professional in enumerate(directory.professionals):
        if not domain.is_rpps(professional.rpps):
            raise ValueError(f"professionals[{index}].rpps: wrong key")
    return directory


def import_directory(directory: Directory, repository: DirectoryRepository) -> None:
    """Enter or renew everything the directory states; what it does not mention stays."""
    for structures in _batches(directory.structures):
        repository.put_structures(msgspec.structs.asdict(structure) for structure in structures)
    for batch in _batches(directory.software):
        repository.put_software(msgspec.structs.asdict(software) for software in batch)
    for professionals in _batches(directory.professionals):
        rows = [msgspec.structs.asdict(professional) for professional in professionals]
        places = {row["rpps"]: row.pop("structures") for row in rows}
        repository.put_professionals(rows)
        repository.put_practices(places)


def _batches(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


def main(file: str) -> None:
    """Import `file`, all of it or nothing."""
    directory = read_directory(Path(file).read_bytes())
    engine = make_engine(load(DirectorySettings).database_url, size=1)
    with engine.begin() as connection:
        import_directory(directory, DirectoryRepository(connection))
    engine.dispose()


if __name__ == "__main__":
    main(sys.argv[1])
