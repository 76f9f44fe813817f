-- Editions, responses and, apart from them, contacts. Twin of ../sqlite/0001_responses.sql.
--
-- Answers are canonical JSON, written by the program and read back byte for byte; no statement looks inside. They are
-- TEXT because JSONB would put the keys in another order, and checked as JSON because JSONB refuses the character
-- U+0000 that SQLite takes.

CREATE TABLE editions (
    edition      TEXT        NOT NULL PRIMARY KEY CHECK (edition <> ''),
    state        TEXT        NOT NULL CHECK (state IN ('open', 'closed')),
    is_simulated BOOLEAN     NOT NULL,
    opened_at    TIMESTAMPTZ NOT NULL CHECK (opened_at = date_trunc('second', opened_at, 'UTC')),
    closed_at    TIMESTAMPTZ CHECK (closed_at = date_trunc('second', closed_at, 'UTC')),
    CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);

CREATE TABLE responses (
    -- SHA-256 of the token of the personal link, in hexadecimal. Sorted by bytes, as on SQLite.
    token        TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (token ~ '^[0-9a-f]{64}$'),
    edition      TEXT        NOT NULL REFERENCES editions (edition),
    state        TEXT        NOT NULL CHECK (state IN ('draft', 'submitted', 'refused', 'withdrawn')),
    -- Hash of the questionnaire under which it was last saved.
    version      TEXT        NOT NULL,
    answers      TEXT        NOT NULL CHECK (json_typeof(answers::json) = 'object'),
    last_screen  TEXT,
    revision     BIGINT      NOT NULL CHECK (revision >= 0),
    receipt      UUID        UNIQUE,
    started_at   TIMESTAMPTZ NOT NULL CHECK (started_at = date_trunc('second', started_at, 'UTC')),
    updated_at   TIMESTAMPTZ NOT NULL CHECK (updated_at = date_trunc('second', updated_at, 'UTC')),
    submitted_at TIMESTAMPTZ CHECK (submitted_at = date_trunc('second', submitted_at, 'UTC')),
    -- A submitted response has its receipt and its instant, a draft or a refusal has neither, and what was submitted
    -- before it was withdrawn keeps both.
    CHECK ((receipt IS NULL) = (submitted_at IS NULL)),
    CHECK (state <> 'submitted' OR receipt IS NOT NULL),
    CHECK (state NOT IN ('draft', 'refused') OR receipt IS NULL),
    -- What was refused or withdrawn holds no answer and does not tell how far it went.
    CHECK (state NOT IN ('refused', 'withdrawn') OR (answers = '{}' AND last_screen IS NULL))
);

CREATE INDEX responses_in_order ON responses (edition, started_at, token);

-- Answers that may identify somebody. No row when there are none, or no more.
CREATE TABLE contacts (
    token   TEXT COLLATE "C" NOT NULL PRIMARY KEY REFERENCES responses (token),
    answers TEXT NOT NULL CHECK (json_typeof(answers::json) = 'object')
);
