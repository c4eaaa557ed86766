"""What a patient lets partner apps read."""

from datetime import datetime

import msgspec

from contracts.vocabulary import PatientId, Section


class GrantApp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The patient lets an app read these sections, and more or less than before."""

    patient_id: PatientId
    app: str
    sections: tuple[Section, ...] = ()


class AboutApp(msgspec.Struct, frozen=True, kw_only=True):
    """A patient's decision about one app."""

    patient_id: PatientId
    app: str


class ListApps(msgspec.Struct, frozen=True, kw_only=True):
    """Which apps has this patient let read?"""

    patient_id: PatientId


class GrantedApp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One app and what it may read; `listed`: False while the operator has shut it out.

    `by_representative`: a legal representative let it, and it reads what they may.
    """

    app: str
    since: datetime
    sections: tuple[Section, ...] = ()
    listed: bool = True
    by_representative: bool = False


class GrantedApps(msgspec.Struct, frozen=True, kw_only=True):
    """All of them, newest first."""

    apps: tuple[GrantedApp, ...]
