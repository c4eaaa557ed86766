"""Messages about the partner apps that a patient authorised."""

from datetime import datetime

import msgspec

from contracts.vocabulary import PatientId, Section


class GrantApp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Authorise an app to read exactly these sections; replaces an earlier grant."""

    patient_id: PatientId
    app: str
    sections: tuple[Section, ...] = ()


class AboutApp(msgspec.Struct, frozen=True, kw_only=True):
    """One app of a record."""

    patient_id: PatientId
    app: str


class ListApps(msgspec.Struct, frozen=True, kw_only=True):
    """List the apps that a patient authorised."""

    patient_id: PatientId


class GrantedApp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An authorised app and what it may read; `listed`: False while the operator has suspended it.

    `by_representative`: granted by a legal representative; the app reads what they may read.
    """

    app: str
    since: datetime
    sections: tuple[Section, ...] = ()
    listed: bool = True
    by_representative: bool = False


class GrantedApps(msgspec.Struct, frozen=True, kw_only=True):
    """All authorised apps, newest first."""

    apps: tuple[GrantedApp, ...]
