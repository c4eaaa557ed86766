CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
)
-- next --
CREATE TABLE outbox (
	seq BIGINT GENERATED ALWAYS AS IDENTITY, 
	id UUID NOT NULL, 
	topic TEXT NOT NULL, 
	bundle INTEGER NOT NULL, 
	occurred_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	traceparent TEXT NOT NULL, 
	payload TEXT NOT NULL, 
	not_before TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (seq)
)
-- next --
CREATE TABLE inbox (
	event_id UUID NOT NULL, 
	queue TEXT NOT NULL, 
	received_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (event_id, queue)
)
-- next --
CREATE INDEX inbox_received_at ON inbox (received_at)
-- next --
CREATE TABLE journal (
	patient_id UUID NOT NULL, 
	number BIGINT NOT NULL, 
	event_id UUID NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	act TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	actor_role TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	actor_name TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	profession TEXT, 
	structure TEXT, 
	document_id UUID, 
	hash BYTEA NOT NULL, 
	PRIMARY KEY (patient_id, number)
)
-- next --
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is only ever added to' USING ERRCODE = 'insufficient_privilege';
END $$
-- next --
CREATE TRIGGER journal_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
-- next --
CREATE TABLE heads (
	patient_id UUID NOT NULL, 
	number BIGINT NOT NULL, 
	hash BYTEA NOT NULL, 
	PRIMARY KEY (patient_id)
)
-- next --
INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING alembic_version.version_num
-- next --
INSERT INTO outbox (id, topic, bundle, occurred_at, traceparent, payload)
SELECT gen_random_uuid(), 'audit.journal_entry', 200, at, '', jsonb_strip_nulls(jsonb_build_object(
    'patient_id', patient_id, 'act', act, 'outcome', outcome, 'reason', reason, 'actor_role', actor_role,
    'actor', actor, 'actor_name', actor_name, 'profession', profession, 'structure', structure, 'mode', mode,
    'document_id', document_id
))::text
FROM journal ORDER BY at, patient_id, number
-- next --
DROP TABLE journal
-- next --
DROP TABLE heads
-- next --
CREATE TABLE journal (
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    strand uuid NOT NULL,
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    event_id uuid NOT NULL,
    act text NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    mode text NOT NULL,
    role text NOT NULL,
    previous bytea NOT NULL,
    commitment bytea NOT NULL,
    sealed bytea NOT NULL,
    actor_mark bytea,
    document_mark bytea,
    leaf_hash bytea NOT NULL,
    PRIMARY KEY (position, recorded_at)
) PARTITION BY RANGE (recorded_at);
CREATE INDEX journal_strand ON journal (strand, position);
CREATE INDEX journal_actor ON journal (actor_mark, position);
CREATE INDEX journal_at ON journal USING brin (at) WITH (autosummarize = on);
-- next --
CREATE TABLE strands (
	strand UUID NOT NULL, 
	patient_id UUID NOT NULL, 
	secret BOOLEAN NOT NULL, 
	document_id UUID, 
	shown BOOLEAN NOT NULL, 
	number BIGINT NOT NULL, 
	hash BYTEA NOT NULL, 
	key BYTEA, 
	named_from BIGINT NOT NULL, 
	PRIMARY KEY (strand), 
	UNIQUE NULLS NOT DISTINCT (patient_id, secret, document_id)
)
-- next --
CREATE TABLE tree (
	single BOOLEAN NOT NULL CHECK (single), 
	size BIGINT NOT NULL, 
	recorded_at TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (single)
)
-- next --
INSERT INTO tree (single, size) VALUES (true, 0)
-- next --
CREATE TABLE tiles (
	level SMALLINT NOT NULL, 
	number BIGINT NOT NULL, 
	hashes BYTEA NOT NULL, 
	PRIMARY KEY (level, number)
)
-- next --
ALTER TABLE tiles ALTER COLUMN hashes SET STORAGE EXTERNAL
-- next --
CREATE TABLE heads (
	size BIGSERIAL NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	note TEXT NOT NULL, 
	timestamp BYTEA, 
	PRIMARY KEY (size)
)
-- next --
CREATE TABLE partitions (
	month DATE NOT NULL, 
	first_position BIGINT NOT NULL, 
	last_position BIGINT, 
	state TEXT NOT NULL, 
	object_key TEXT, 
	sha256 BYTEA, 
	PRIMARY KEY (month)
)
-- next --
CREATE TRIGGER journal_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER heads_stay BEFORE UPDATE OF size, at, note OR DELETE OR TRUNCATE ON heads
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- next --
CREATE FUNCTION open_month(first date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    name text := 'journal_' || to_char(first, 'YYYY_MM');
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE journal INCLUDING ALL)', name);
    EXECUTE format(
        'ALTER TABLE journal ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
        name,
        first::timestamp AT TIME ZONE 'UTC',
        (first + interval '1 month')::timestamp AT TIME ZONE 'UTC'
    );
    EXECUTE format(
        'CREATE TRIGGER journal_is_only_added_to BEFORE UPDATE OR DELETE OR TRUNCATE ON %I '
        'FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()',
        name
    );
END $$
-- next --
UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0001'
-- next --
CREATE TABLE signatures (
	route TEXT NOT NULL, 
	digest BYTEA NOT NULL, 
	signed_by TEXT NOT NULL, 
	until TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (route, digest)
)
-- next --
UPDATE alembic_version SET version_num='0003' WHERE alembic_version.version_num = '0002'
