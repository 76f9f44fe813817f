-- Corrections of responses that were sent, and what was sent before them. Twin of ../postgres/0003_corrections.sql.
--
-- A response stays in `responses` as it was last sent, and counts, until its correction is sent in its place.

CREATE TABLE corrections (
    token       TEXT    NOT NULL PRIMARY KEY REFERENCES responses (token),
    version     TEXT    NOT NULL,
    answers     TEXT    NOT NULL CHECK (json_valid(answers) AND json_type(answers) = 'object'),
    last_screen TEXT,
    -- Goes on from the revision of the response, so that no page opened before mistakes one for the other.
    revision    INTEGER NOT NULL CHECK (revision >= 0),
    updated_at  TEXT    NOT NULL CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z')
) STRICT;

-- Apart, as for responses.
CREATE TABLE correction_contacts (
    token   TEXT NOT NULL PRIMARY KEY REFERENCES corrections (token),
    answers TEXT NOT NULL CHECK (json_valid(answers) AND json_type(answers) = 'object')
) STRICT;

-- What was sent and then corrected: the first is number 1. Contacts are not kept here: the corrected ones serve nothing.
CREATE TABLE earlier_answers (
    token        TEXT    NOT NULL REFERENCES responses (token),
    number       INTEGER NOT NULL CHECK (number >= 1),
    version      TEXT    NOT NULL,
    answers      TEXT    NOT NULL CHECK (json_valid(answers) AND json_type(answers) = 'object'),
    submitted_at TEXT    NOT NULL CHECK (submitted_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z'),
    PRIMARY KEY (token, number)
) STRICT;
