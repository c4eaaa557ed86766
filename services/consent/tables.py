"""Shelves of the consent service; every row belongs to a patient first."""

from sqlalchemy import Column, DateTime, MetaData, Table, Text, Uuid

metadata = MetaData()

authorisations = Table(
    "authorisations",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("rpps", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
)

medecins_traitants = Table(
    "medecins_traitants",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("rpps", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
)

blocks = Table(
    "blocks",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("rpps", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
)

oppositions = Table(
    "oppositions",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("mode", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
)

emergencies = Table(
    "emergencies",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("rpps", Text, primary_key=True),
    Column("since", DateTime(timezone=True), primary_key=True),
    Column("until", DateTime(timezone=True), nullable=False),
    Column("mode", Text, nullable=False),
    Column("reason", Text, nullable=False),
)
