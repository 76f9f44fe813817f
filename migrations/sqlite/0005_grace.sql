-- Until when a closed edition takes the drafts that were started before. Twin of ../postgres/0005_grace.sql.

ALTER TABLE editions ADD COLUMN grace_until TEXT
    CHECK (grace_until IS NULL OR (grace_until GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z' AND state = 'closed'));
