"""The tables of the consent service; every row but the matrices' belongs to a patient."""

from sqlalchemy import ARRAY, Boolean, Column, Date, DateTime, Index, LargeBinary, MetaData, Table, Text, Uuid

metadata = MetaData()

# What people decided and the law provides, by kind, the party it names, and the representative who decided it in the
# holder's place (empty: nobody); deleted when it is ended.
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

# Versions of the entitlement matrix.
matrices = Table(
    "matrices",
    metadata,
    Column("version", Text, primary_key=True),
    Column("effective", Date, nullable=False),
    Column("body", Text, nullable=False),
    Column("loaded_at", DateTime(timezone=True), nullable=False),
    Column("loaded_by", Text, nullable=False),
)
