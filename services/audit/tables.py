"""Tables of the audit service; triggers reject changes and deletions of journal lines and signed heads."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    Uuid,
)

metadata = MetaData()

# Partitioned by recorded_at, one partition a month: journal_2026_11. Positions have no gap.
journal = Table(
    "journal",
    metadata,
    Column("position", BigInteger, primary_key=True),
    Column("recorded_at", DateTime(timezone=True), primary_key=True),
    Column("strand", Uuid, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("event_id", Uuid, nullable=False),
    Column("act", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("previous", LargeBinary, nullable=False),
    Column("commitment", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("actor_mark", LargeBinary),
    Column("document_mark", LargeBinary),
    Column("leaf_hash", LargeBinary, nullable=False),
)

# `number` and `hash`: of the strand's last line. `key`: wrapped, null once erased; lines numbered below `named_from`
# were encrypted under a key that was destroyed.
strands = Table(
    "strands",
    metadata,
    Column("strand", Uuid, primary_key=True),
    Column("patient_id", Uuid, nullable=False),
    Column("secret", Boolean, nullable=False),
    Column("document_id", Uuid),
    Column("shown", Boolean, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("key", LargeBinary),
    Column("named_from", BigInteger, nullable=False),
)

# One row. An append locks it first, so that positions follow the order of commits.
tree = Table(
    "tree",
    metadata,
    Column("single", Boolean, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True)),
)

# A full tile never changes; the last tile of each level grows.
tiles = Table(
    "tiles",
    metadata,
    Column("level", SmallInteger, primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("hashes", LargeBinary, nullable=False),
)

heads = Table(
    "heads",
    metadata,
    Column("size", BigInteger, primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("note", Text, nullable=False),
    Column("timestamp", LargeBinary),
)

# One row: the database server and database on which the last head was signed.
signing = Table(
    "signing",
    metadata,
    Column("single", Boolean, primary_key=True),
    Column("instance", Text, nullable=False),
)

# Published heads that are not continued, because their lines were lost; `note` once audit has signed the statement.
breaks = Table(
    "breaks",
    metadata,
    Column("lost_size", BigInteger, primary_key=True),
    Column("lost_root", LargeBinary, primary_key=True),
    Column("kept_size", BigInteger, nullable=False),
    Column("kept_root", LargeBinary, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("note", Text),
)

# The months of the journal; `last_position` is known once the next month has begun.
partitions = Table(
    "partitions",
    metadata,
    Column("month", Date, primary_key=True),
    Column("first_position", BigInteger, nullable=False),
    Column("last_position", BigInteger),
    Column("state", Text, nullable=False),
    Column("object_key", Text),
    Column("sha256", LargeBinary),
)
