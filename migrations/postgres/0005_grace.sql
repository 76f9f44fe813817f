-- Until when a closed edition takes the drafts that were started before. Twin of ../sqlite/0005_grace.sql.

ALTER TABLE editions ADD COLUMN grace_until TIMESTAMPTZ
    CHECK (grace_until IS NULL OR (grace_until = date_trunc('second', grace_until, 'UTC') AND state = 'closed'));
