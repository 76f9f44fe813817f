-- Whom an edition invited, and the short codes that lead to a personal link. Twin of ../sqlite/0004_invitations.sql.
--
-- Nothing here says which organisation: the list with names and addresses stays with whoever sends the letters.

CREATE TABLE invitations (
    -- SHA-256 of the token of the personal link that was sent, in hexadecimal. Its response is the row of `responses` with
    -- the same token, once it was started.
    token      TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (token ~ '^[0-9a-f]{64}$'),
    edition    TEXT        NOT NULL REFERENCES editions (edition),
    invited_at TIMESTAMPTZ NOT NULL CHECK (invited_at = date_trunc('second', invited_at, 'UTC'))
);

CREATE TABLE codes (
    -- SHA-256 of the code, in hexadecimal.
    code          TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (code ~ '^[0-9a-f]{64}$'),
    -- SHA-256 of the token, as in `responses` and `invitations`.
    token         TEXT COLLATE "C" NOT NULL CHECK (token ~ '^[0-9a-f]{64}$'),
    -- The token itself, which only the code opens.
    sealed        TEXT        NOT NULL CHECK (sealed ~ '^[0-9a-f]{32}$'),
    is_invitation BOOLEAN     NOT NULL,
    given_at      TIMESTAMPTZ NOT NULL CHECK (given_at = date_trunc('second', given_at, 'UTC'))
);

CREATE INDEX codes_of_token ON codes (token);
