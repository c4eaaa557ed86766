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
CREATE TABLE contents (
	patient_id UUID NOT NULL, 
	content_id UUID NOT NULL, 
	state TEXT NOT NULL, 
	object_key TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	frame_size INTEGER NOT NULL, 
	sha256 BYTEA NOT NULL, 
	key_id TEXT NOT NULL, 
	wrapped_key BYTEA, 
	staged_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, content_id), 
	CONSTRAINT a_key_until_destroyed CHECK ((state = 'destroyed') = (wrapped_key IS NULL))
)
-- next --
CREATE TABLE unclaimed_objects (
	patient_id UUID NOT NULL, 
	content_id UUID NOT NULL, 
	object_key TEXT NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, content_id)
)
-- next --
CREATE INDEX unclaimed_objects_due_at ON unclaimed_objects (due_at)
-- next --
CREATE UNLOGGED TABLE spent_tickets (
	patient_id UUID NOT NULL, 
	ticket_id TEXT NOT NULL, 
	spent_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, ticket_id)
)
-- next --
INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING alembic_version.version_num
-- next --
DROP INDEX IF EXISTS contents_key_id
-- next --
CREATE INDEX CONCURRENTLY contents_key_id ON contents (key_id, patient_id, content_id) WHERE wrapped_key IS NOT NULL
-- next --
UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0001'
