-- Editions, responses and, apart from them, contacts. Twin of ../postgres/0001_responses.sql.
--
-- An instant is text of a fixed width, so that text order is time order. Answers are canonical JSON, written by the
-- program and read back byte for byte; no statement looks inside.

CREATE TABLE editions (
    edition      TEXT    NOT NULL PRIMARY KEY CHECK (edition <> ''),
    state        TEXT    NOT NULL CHECK (state IN ('open', 'closed')),
    is_simulated INTEGER NOT NULL CHECK (is_simulated IN (0, 1)),
    opened_at    TEXT    NOT NULL CHECK (opened_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z'),
    closed_at    TEXT    CHECK (closed_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z'),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
) STRICT;

CREATE TABLE responses (
    -- SHA-256 of the token of the personal link, in hexadecimal.
    token        TEXT    NOT NULL PRIMARY KEY CHECK (length(token) = 64 AND token NOT GLOB '*[^0-9a-f]*'),
    edition      TEXT    NOT NULL REFERENCES editions (edition),
    state        TEXT    NOT NULL CHECK (state IN ('draft', 'submitted', 'refused', 'withdrawn')),
    -- Hash of the questionnaire under which it was last saved.
    version      TEXT    NOT NULL,
    answers      TEXT    NOT NULL CHECK (json_valid(answers) AND json_type(answers) = 'object'),
    last_screen  TEXT,
    revision     INTEGER NOT NULL CHECK (revision >= 0),
    receipt      TEXT    UNIQUE CHECK (receipt GLOB '????????-????-????-????-????????????' AND receipt NOT GLOB '*[^0-9a-f-]*'),
    started_at   TEXT    NOT NULL CHECK (started_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z'),
    updated_at   TEXT    NOT NULL CHECK (updated_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z'),
    submitted_at TEXT    CHECK (submitted_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z'),
    -- A submitted response has its receipt and its instant, a draft or a refusal has neither, and what was submitted
    -- before it was withdrawn keeps both.
    CHECK ((receipt IS NULL) = (submitted_at IS NULL)),
    CHECK (state <> 'submitted' OR receipt IS NOT NULL),
    CHECK (state NOT IN ('draft', 'refused') OR receipt IS NULL),
    -- What was refused or withdrawn holds no answer and does not tell how far it went.
    CHECK (state NOT IN ('refused', 'withdrawn') OR (answers = '{}' AND last_screen IS NULL))
) STRICT;

CREATE INDEX responses_in_order ON responses (edition, started_at, token);

-- Answers that may identify somebody. No row when there are none, or no more.
CREATE TABLE contacts (
    token   TEXT NOT NULL PRIMARY KEY REFERENCES responses (token),
    answers TEXT NOT NULL CHECK (json_valid(answers) AND json_type(answers) = 'object')
) STRICT;
