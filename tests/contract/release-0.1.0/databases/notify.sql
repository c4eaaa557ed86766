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
CREATE TABLE notices (
	patient_id UUID NOT NULL, 
	notice_id UUID DEFAULT uuidv7() NOT NULL, 
	recipient TEXT, 
	code TEXT NOT NULL, 
	at TIMESTAMP WITH TIME ZONE NOT NULL, 
	PRIMARY KEY (patient_id, notice_id)
)
-- next --
CREATE TABLE deliveries (
	patient_id UUID NOT NULL, 
	notice_id UUID NOT NULL, 
	channel TEXT NOT NULL, 
	state TEXT NOT NULL, 
	attempts INTEGER NOT NULL, 
	due_at TIMESTAMP WITH TIME ZONE, 
	leased_until TIMESTAMP WITH TIME ZONE, 
	give_up_at TIMESTAMP WITH TIME ZONE NOT NULL, 
	sent_by TEXT, 
	sent_at TIMESTAMP WITH TIME ZONE, 
	PRIMARY KEY (patient_id, notice_id, channel)
)
-- next --
CREATE INDEX deliveries_due_at ON deliveries (due_at) WHERE due_at IS NOT NULL
-- next --
INSERT INTO alembic_version (version_num) VALUES ('0001') RETURNING alembic_version.version_num
-- next --
ALTER TABLE notices ADD COLUMN secret BOOLEAN DEFAULT false NOT NULL
-- next --
UPDATE alembic_version SET version_num='0002' WHERE alembic_version.version_num = '0001'
