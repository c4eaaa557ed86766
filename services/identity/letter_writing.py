"""Letters written for a mail house: one JSON line each, and the list by which the insurer finds the addresses."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

from services.identity.letter_codes import LetterCodes
from services.identity.repositories.letters import LetterRepository, WaitingLetter

_ADDRESS = "address of the insured"
"""The platform knows no postal address: the insurer adds it, by the reference."""
_GROUP = 5


def write_letters(
    repository: LetterRepository, codes: LetterCodes, letters_file: Path, insured_file: Path, now: datetime
) -> int:
    """Write every letter that waits, and destroy its code; returns how many.

    Args:
        letters_file: for the mail house: reference, name, code; no number of the insured.
        insured_file: for whoever knows the addresses: reference and INS; no code.

    Raises:
        FileExistsError: nothing is overwritten. OSError, InvalidTag: nothing is written or marked.
    """
    letters = repository.letters_to_write(now)
    with _new_file(letters_file) as letter_lines, _new_file(insured_file) as insured_lines:
        for letter in letters:
            letter_lines.write(_line(_letter(letter, codes)))
            insured_lines.write(_line(_insured(letter)))
    repository.mark_written([letter.letter_id for letter in letters], now)
    return len(letters)


def _letter(letter: WaitingLetter, codes: LetterCodes) -> dict[str, str]:
    code = codes.open(letter.patient_id, letter.sealed_code)
    return {
        "reference": str(letter.letter_id),
        "family_name": letter.family_name,
        "given_names": letter.given_names,
        "address": _ADDRESS,
        "code": f"{code[:_GROUP]}-{code[_GROUP:]}",
        "valid_until": f"{letter.expires_at:%Y-%m-%d}",
    }


def _insured(letter: WaitingLetter) -> dict[str, str]:
    return {"reference": str(letter.letter_id), "matricule": letter.matricule, "oid": letter.oid}


def _line(values: dict[str, str]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"


@contextmanager
def _new_file(path: Path) -> Iterator[IO[str]]:
    """A file that only its owner reads, on disk at the end; removed by an error inside."""
    with open(path, "x", encoding="utf-8", opener=_private) as file:
        try:
            yield file
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink()
            raise


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
