"""What the tools found, and which of it is accepted: `triage.toml`, where each entry says why."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

TRIAGE = Path(__file__).with_name("triage.toml")


@dataclass(frozen=True, order=True)
class ToolFinding:
    """One thing that a tool found.

    Attributes:
        tool: `schemathesis`, `bandit` or `semgrep`.
        rule: the tool's name of the check.
        place: an operation as `GET /path`, or a file.
        detail: status and code of the refusal with its field, or the line of source.
    """

    tool: str
    rule: str
    place: str
    detail: str


class Accepted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Findings of one kind that stay, and why.

    `places` are shell patterns, `detail` a regular expression that the whole detail matches.
    """

    rule: str
    places: tuple[str, ...]
    detail: str = ".*"
    why: str

    def covers(self, finding: ToolFinding) -> bool:
        """Whether the finding is one of these."""
        return (
            finding.rule == self.rule
            and any(fnmatchcase(finding.place, pattern) for pattern in self.places)
            and re.fullmatch(self.detail, finding.detail, re.DOTALL) is not None
        )


class _Triage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    accepted: tuple[Accepted, ...]


@dataclass(frozen=True)
class Verdict:
    """Findings that nobody accepted, those that are accepted, and accepted ones that were not found."""

    open: tuple[ToolFinding, ...]
    accepted: tuple[ToolFinding, ...]
    stale: tuple[str, ...]


def load_triage() -> tuple[Accepted, ...]:
    """The accepted findings, in the order of the file; ValidationError for a malformed entry."""
    return msgspec.toml.decode(TRIAGE.read_bytes(), type=_Triage).accepted


def judge(findings: Iterable[ToolFinding], triage: Sequence[Accepted]) -> Verdict:
    """Compare what was found with what is accepted."""
    found = sorted(set(findings))
    accepted = tuple(finding for finding in found if any(entry.covers(finding) for entry in triage))
    stale = tuple(
        f"{entry.rule} {place} {entry.detail}"
        for entry in triage
        for place in entry.places
        if not any(msgspec.structs.replace(entry, places=(place,)).covers(finding) for finding in accepted)
    )
    return Verdict(tuple(finding for finding in found if finding not in accepted), accepted, stale)
