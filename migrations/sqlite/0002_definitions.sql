-- The published definitions of an edition, and which of them is asked now. Twin of ../postgres/0002_definitions.sql.
--
-- Files and lists are canonical JSON: path to text, and path to SHA-256. A definition is never changed; the one with
-- the highest sequence is asked.

CREATE TABLE definitions (
    edition      TEXT    NOT NULL REFERENCES editions (edition),
    sequence     INTEGER NOT NULL CHECK (sequence >= 1),
    -- Hash of what is asked; the version that responses name. A definition that is published again has it again.
    version      TEXT    NOT NULL CHECK (version <> ''),
    files        TEXT    NOT NULL CHECK (json_valid(files) AND json_type(files) = 'object'),
    lists        TEXT    NOT NULL CHECK (json_valid(lists) AND json_type(lists) = 'object'),
    published_at TEXT    NOT NULL CHECK (published_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z'),
    PRIMARY KEY (edition, sequence)
) STRICT;

-- The version asked now; NULL until a definition is published. Here and not only in `definitions`, so that a save reads
-- it with the state of the edition.
ALTER TABLE editions ADD COLUMN version TEXT CHECK (version <> '');
