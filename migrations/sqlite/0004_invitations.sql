-- Whom an edition invited, and the short codes that lead to a personal link. Twin of ../postgres/0004_invitations.sql.
--
-- Nothing here says which organisation: the list with names and addresses stays with whoever sends the letters.

CREATE TABLE invitations (
    -- SHA-256 of the token of the personal link that was sent, in hexadecimal. Its response is the row of `responses` with
    -- the same token, once it was started.
    token      TEXT NOT NULL PRIMARY KEY CHECK (length(token) = 64 AND token NOT GLOB '*[^0-9a-f]*'),
    edition    TEXT NOT NULL REFERENCES editions (edition),
    invited_at TEXT NOT NULL CHECK (invited_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z')
) STRICT;

CREATE TABLE codes (
    -- SHA-256 of the code, in hexadecimal.
    code          TEXT    NOT NULL PRIMARY KEY CHECK (length(code) = 64 AND code NOT GLOB '*[^0-9a-f]*'),
    -- SHA-256 of the token, as in `responses` and `invitations`.
    token         TEXT    NOT NULL CHECK (length(token) = 64 AND token NOT GLOB '*[^0-9a-f]*'),
    -- The token itself, which only the code opens.
    sealed        TEXT    NOT NULL CHECK (length(sealed) = 32 AND sealed NOT GLOB '*[^0-9a-f]*'),
    is_invitation INTEGER NOT NULL CHECK (is_invitation IN (0, 1)),
    given_at      TEXT    NOT NULL CHECK (given_at GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z')
) STRICT;

CREATE INDEX codes_of_token ON codes (token);
