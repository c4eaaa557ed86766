"""The tables of the consent service; every row but the matrices' belongs to a patient."""

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    false,
    text,
)

from chassis.joins import joins_table

metadata = MetaData()

joins = joins_table(metadata)

# What people decided and the law provides, by kind, the party it names, the representative who decided it in the
# holder's place (empty: nobody), and whether it was in a minor's secret connection; deleted when it is ended.
# `revision`: of what another service tells, the newest. `suspended`: without effect, since the death of the person
# whom it names was reported. `while_joined`: as repositories/persons.py has it.
facts = Table(
    "facts",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("party", Text, primary_key=True),
    Column("giver", Text, primary_key=True),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True)),
    Column("renews", Boolean, nullable=False),
    Column("sections", ARRAY(Text), nullable=False),
    Column("evidence", Text),
    Column("secret", Boolean, primary_key=True),
    Column("revision", Integer, nullable=False, server_default=text("0")),
    Column("suspended", Boolean, nullable=False, server_default=false()),
    Column("while_joined", Text),
)

# Every emergency access with its written reason; kept after its end.
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

# Invitations of carers; an accepted one is kept with both labels until the sharing ends.
invitations = Table(
    "invitations",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("invitation_id", Uuid, primary_key=True),
    Column("code", LargeBinary, nullable=False, unique=True),
    Column("sections", ARRAY(Text), nullable=False),
    Column("carer_label", Text, nullable=False),
    Column("holder_label", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("carer", Uuid),
    Column("giver", Text, nullable=False),
    Index("invitations_carer", "carer"),
)

# What agents requested about legal representatives, with the evidence; kept after it took effect, was withdrawn or
# lapsed (`outcome`, at `closed_at`, by the agent `closed_by`), until the record is destroyed.
representation_requests = Table(
    "representation_requests",
    metadata,
    Column("patient_id", Uuid, primary_key=True),
    Column("request_id", Uuid, primary_key=True),
    Column("representative", Uuid, nullable=False),
    Column("ends", Boolean, nullable=False),
    Column("kind", Text),
    Column("until", DateTime(timezone=True)),
    Column("evidence_kind", Text, nullable=False),
    Column("evidence_on", Date, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("agent", Text, nullable=False),
    Column("organisation", Text, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False),
    Column("takes_effect_at", DateTime(timezone=True)),
    Column("contested_at", DateTime(timezone=True)),
    Column("closed_at", DateTime(timezone=True)),
    Column("outcome", Text),
    Column("closed_by", Text),
    Index(
        "representation_requests_waiting",
        *("patient_id", "representative", "organisation", "ends"),
        unique=True,
        postgresql_where=text("closed_at IS NULL"),
    ),
    Index("representation_requests_due", "takes_effect_at", postgresql_where=text("closed_at IS NULL")),
)

# Versions of the entitlement matrix.
matrices = Table(
    "matrices",
    metadata,
    Column("version", Text, primary_key=True),
    Column("effective", Date, nullable=False),
    Column("body", Text, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    Column("loaded_by", Text, nullable=False),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
)
