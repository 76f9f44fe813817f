-- The published definitions of an edition, and which of them is asked now. Twin of ../sqlite/0002_definitions.sql.
--
-- Files and lists are canonical JSON: path to text, and path to SHA-256. A definition is never changed; the one with
-- the highest sequence is asked.

CREATE TABLE definitions (
    edition      TEXT        NOT NULL REFERENCES editions (edition),
    sequence     BIGINT      NOT NULL CHECK (sequence >= 1),
    -- Hash of what is asked; the version that responses name. A definition that is published again has it again.
    version      TEXT        NOT NULL CHECK (version <> ''),
    files        TEXT        NOT NULL CHECK (json_typeof(files::json) = 'object'),
    lists        TEXT        NOT NULL CHECK (json_typeof(lists::json) = 'object'),
    published_at TIMESTAMPTZ NOT NULL CHECK (published_at = date_trunc('second', published_at, 'UTC')),
    PRIMARY KEY (edition, sequence)
);

-- The version asked now; NULL until a definition is published. Here and not only in `definitions`, so that a save reads
-- it with the state of the edition, under the same lock.
ALTER TABLE editions ADD COLUMN version TEXT CHECK (version <> '');
