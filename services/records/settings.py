"""What an operator may set about records; each default is explained in an ADR."""

from datetime import timedelta
from typing import Annotated, Literal

import msgspec

from services.records.domain.marks import MarkRules


class RecordsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Read from CARNET_* variables."""

    professional_limit_bytes: int = 20_000_000
    """Largest document a professional may deposit."""
    lot_limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 50
    """Most documents of one submission set."""
    invisible_days: int = 14
    """How long a document may be kept from the patient before it appears by itself (ADR 0015)."""
    masked_and_invisible: bool = False
    """Whether one document may be hidden from professionals and from the patient at once."""
    patient_traits: Literal["refuse", "warn"] = "refuse"
    """Whether a document that names another person than the holder is refused, or deposited with a warning."""
    opener_professions: str = "10,21,60"
    """Codes (TRE_G15) of the professions that open records, separated by commas (ADR 0042)."""
    majority_age: int = 18
    """Years."""
    retention_years: int = 10
    """How long a closed record is kept before it is destroyed."""
    destruction_days: Annotated[int, msgspec.Meta(ge=1, le=90)] = 30
    """How long after its holder asked a record is destroyed; time to think again, at most three months."""

    refile_batch: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1_000
    """Documents moved every five seconds after a filing plan was loaded."""

    @property
    def refuses_other_traits(self) -> bool:
        """Whether a document that names another person is refused."""
        return self.patient_traits == "refuse"

    @property
    def openers(self) -> frozenset[str]:
        """The professions that open records."""
        return frozenset(code.strip() for code in self.opener_professions.split(","))

    @property
    def mark_rules(self) -> MarkRules:
        """The rules of visibility marks."""
        return MarkRules(invisible_span=timedelta(days=self.invisible_days), pair_permitted=self.masked_and_invisible)
