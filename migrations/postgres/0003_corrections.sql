-- Corrections of responses that were sent, and what was sent before them. Twin of ../sqlite/0003_corrections.sql.
--
-- A response stays in `responses` as it was last sent, and counts, until its correction is sent in its place.

CREATE TABLE corrections (
    token       TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES responses (token),
    version     TEXT        NOT NULL,
    answers     TEXT        NOT NULL CHECK (json_typeof(answers::json) = 'object'),
    last_screen TEXT,
    -- Goes on from the revision of the response, so that no page opened before mistakes one for the other.
    revision    BIGINT      NOT NULL CHECK (revision >= 0),
    updated_at  TIMESTAMPTZ NOT NULL CHECK (updated_at = date_trunc('second', updated_at, 'UTC'))
);

-- Apart, as for responses.
CREATE TABLE correction_contacts (
    token   TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES corrections (token),
    answers TEXT NOT NULL CHECK (json_typeof(answers::json) = 'object')
);

-- What was sent and then corrected: the first is number 1. Contacts are not kept here: the corrected ones serve nothing.
CREATE TABLE earlier_answers (
    token        TEXT COLLATE "C" NOT NULL REFERENCES responses (token),
    number       BIGINT      NOT NULL CHECK (number >= 1),
    version      TEXT        NOT NULL,
    answers      TEXT        NOT NULL CHECK (json_typeof(answers::json) = 'object'),
    submitted_at TIMESTAMPTZ NOT NULL CHECK (submitted_at = date_trunc('second', submitted_at, 'UTC')),
    PRIMARY KEY (token, number)
);
