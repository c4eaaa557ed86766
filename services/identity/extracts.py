"""Reads the public extracts of the Annuaire Santé line by line, and reports why a line is rejected.

The files are UTF-8 text, one line a professional's activity, fields separated by `|` without quoting, a first line
with the columns' names, often a last `|` on every line. `PS_LibreAcces_Personne_activite_*` states people, places
and, in most versions, specialties; `PS_LibreAcces_SavoirFaire_*` states specialties. An identifier of type 8 is an
RPPS number, of type 0 ADELI; a professional of category E is a student; a know-how of type S is a specialty. The
format has no mark for somebody who has left: they are absent from the next whole extract.

Source: the first lines of the files, as public programs on GitHub that read them quote them (2021-12, 2026-05 and
2026-09). They differ in the names and the presence of columns; so columns are found by name, and a file that lacks
a needed one is refused.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO, NamedTuple

from contracts.codes.profession_codes import professions
from services.identity import domain

_LONGEST_LINE = 65_536
_FIRST_SHOWN = 5
_RPPS_TYPE, _STUDENT, _SPECIALTY = "8", "E", "S"
_TITLES = {"DR": "Dr", "PR": "Pr"}
_UNREADABLE = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")

_TYPE, _NUMBER, _PROFESSION = "type d'identifiant pp", "identifiant pp", "code profession"
_SKILL = ("code type savoir-faire", "code savoir-faire")
_PERSON = ("code civilité d'exercice", "nom d'exercice", "prénom d'exercice", "code catégorie professionnelle")
_FINESS = "numéro finess site"
_PLACE = (_FINESS, "raison sociale site", "enseigne commerciale site")
_COLUMNS_OF_ACTIVITIES = (_TYPE, _NUMBER, _PROFESSION, *_PERSON, *_PLACE)
_COLUMNS_OF_SKILLS = (_TYPE, _NUMBER, _PROFESSION, *_SKILL)


class ExtractKind(StrEnum):
    """What an extract states."""

    ACTIVITIES = "activities"
    SKILLS = "skills"


class RejectReason(StrEnum):
    """Why a line was rejected."""

    IDENTIFIER = "identifier"
    STUDENT = "student"
    RPPS = "rpps"
    PROFESSION = "profession"
    ENCODING = "encoding"
    FIELDS = "fields"
    NAME = "name"
    FINESS = "finess"


class NotAnExtract(Exception):
    """The file is no extract that can be read; `missing` are the columns it lacks."""

    def __init__(self, path: Path, missing: Sequence[str]) -> None:
        super().__init__(path, missing)
        self.path = path
        self.missing = tuple(missing)


class ExtractRow(NamedTuple):
    """What one line states; without `profession` it is broken, and shows only that its number is in the file."""

    rpps: str
    title: str | None = None
    family_name: str | None = None
    given_names: str | None = None
    profession: str | None = None
    specialty: str | None = None
    finess: str | None = None
    structure: str | None = None


class RejectedLines:
    """The count of lines rejected for one reason, and the line numbers of the first few, from 1."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[int] = []

    def add(self, line: int) -> None:
        self.count += 1
        if len(self.first) < _FIRST_SHOWN:
            self.first.append(line)


class _LineRejected(Exception):
    def __init__(self, reason: RejectReason) -> None:
        self.reason = reason


class Extract:
    """One file, read once from start to end; `rejected` and `lines` grow meanwhile."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        """Read the first line.

        Raises:
            NotAnExtract: a needed column is missing.
        """
        self.path = path
        self.size = path.stat().st_size
        self.lines = 0
        self.rejected: dict[RejectReason, RejectedLines] = {}
        self._file = file
        first = file.readline(_LONGEST_LINE)
        self.done = len(first)
        self._names = _names_in(first)
        self.kind = (
            ExtractKind.SKILLS
            if _FINESS not in self._names and set(_SKILL) <= set(self._names)
            else ExtractKind.ACTIVITIES
        )
        self.has_specialties = set(_SKILL) <= set(self._names)
        needed = _COLUMNS_OF_SKILLS if self.kind is ExtractKind.SKILLS else _COLUMNS_OF_ACTIVITIES
        missing = [name for name in needed if name not in self._names]
        if missing:
            raise NotAnExtract(path, missing)
        self._width = len(self._names)
        # itemgetter over all columns at once: this runs a million times.
        self._identity = self._picker(_TYPE, _NUMBER, _PROFESSION)
        self._skill = self._picker(*_SKILL) if self.has_specialties else None
        self._person = self._picker(*_PERSON, *_PLACE) if self.kind is ExtractKind.ACTIVITIES else None
        self._codes = frozenset(professions())
        self._known_number = ""

    def rows(self) -> Iterator[ExtractRow]:
        """Every accepted line, and the number of a broken one where it can be read."""
        for raw in self._raw_lines():
            self.lines += 1
            self.done += len(raw)
            try:
                yield self._row_in(raw)
            except _LineRejected as rejection:
                # The first line has the columns' names.
                self.rejected.setdefault(rejection.reason, RejectedLines()).add(self.lines + 1)
                if rejection.reason in _BROKEN and (number := self._number_in(raw)):
                    yield ExtractRow(number)

    def _raw_lines(self) -> Iterator[bytes]:
        while raw := self._file.readline(_LONGEST_LINE):
            yield raw
            while len(raw) == _LONGEST_LINE and not raw.endswith(b"\n"):
                raw = self._file.readline(_LONGEST_LINE)
                self.done += len(raw)

    def _row_in(self, raw: bytes) -> ExtractRow:
        fields = self._fields(raw)
        kind, number, profession = self._identity(fields)
        if kind != _RPPS_TYPE:
            raise _LineRejected(RejectReason.IDENTIFIER)
        self._check_number(number)
        if profession not in self._codes:
            raise _LineRejected(RejectReason.PROFESSION)
        specialty = self._specialty(fields)
        if self._person is None:
            return ExtractRow(number, profession=profession, specialty=specialty)
        title, family_name, given_names, category, finess, company, sign = self._person(fields)
        if category == _STUDENT:
            raise _LineRejected(RejectReason.STUDENT)
        if not family_name:
            raise _LineRejected(RejectReason.NAME)
        if finess and not domain.is_finess(finess):
            raise _LineRejected(RejectReason.FINESS)
        return ExtractRow(
            rpps=number,
            title=_TITLES.get(title, ""),
            family_name=family_name,
            given_names=given_names,
            profession=profession,
            specialty=specialty,
            finess=finess or None,
            structure=sign or company or None,
        )

    def _fields(self, raw: bytes) -> list[str]:
        try:
            text = raw.rstrip(b"\r\n").decode()
        except UnicodeDecodeError:
            raise _LineRejected(RejectReason.ENCODING) from None
        if _UNREADABLE.search(text):
            raise _LineRejected(RejectReason.ENCODING)
        fields = text.split("|")
        if len(raw) == _LONGEST_LINE:
            raise _LineRejected(RejectReason.FIELDS)
        # The names may end with a `|` where the lines do not, and the other way round.
        surplus = len(fields) - self._width
        if surplus and not (surplus == 1 and not fields[-1]):
            raise _LineRejected(RejectReason.FIELDS)
        return fields

    def _check_number(self, number: str) -> None:
        if number != self._known_number:
            if not domain.is_rpps(number):
                raise _LineRejected(RejectReason.RPPS)
            self._known_number = number

    def _specialty(self, fields: list[str]) -> str | None:
        if self._skill is None:
            return None
        kind, code = self._skill(fields)
        return code if kind == _SPECIALTY and code else None

    def _number_in(self, raw: bytes) -> str:
        fields = raw.decode(errors="replace").split("|")
        column = self._names.index(_NUMBER)
        number = fields[column] if column < len(fields) else ""
        return number if domain.is_rpps(number) else ""

    def _picker(self, *names: str) -> Callable[[Sequence[str]], tuple[str, ...]]:
        return itemgetter(*(self._names.index(name) for name in names))


_BROKEN = frozenset({RejectReason.ENCODING, RejectReason.FIELDS, RejectReason.NAME, RejectReason.FINESS})
"""Lines of a known professional that cannot be read: whoever has one stays unchanged."""


@contextmanager
def open_extract(path: Path) -> Iterator[Extract]:
    """Open an extract; `path` may be a pipe.

    Raises:
        NotAnExtract.
    """
    with path.open("rb") as file:
        yield Extract(path, file)


def count_rejected(rejected: Mapping[RejectReason, RejectedLines]) -> int:
    """The number of rejected lines in all."""
    return sum(lines.count for lines in rejected.values())


def _names_in(first: bytes) -> list[str]:
    """The column names in one spelling: extracts differ in case and apostrophes."""
    text = unicodedata.normalize("NFC", first.decode("utf-8-sig", errors="replace")).strip()
    names = [name.strip().casefold().replace("’", "'") for name in text.split("|")]
    return names if names[-1] else names[:-1]
