-- What becomes of an edition that was wrong.

-- Whose edition this one corrects: it goes to those who got that one. Null: to everybody subscribed.
ALTER TABLE edition ADD COLUMN got INTEGER REFERENCES edition (id);

-- Notes on a web edition, as they are shown: its own bytes stay as they were frozen.
CREATE TABLE web_note (
    id      INTEGER PRIMARY KEY,
    edition INTEGER NOT NULL REFERENCES edition (id),
    at      INTEGER NOT NULL,
    html    TEXT NOT NULL
) STRICT;

CREATE INDEX web_note_of ON web_note (edition);

CREATE TRIGGER web_note_is_kept BEFORE UPDATE ON web_note
BEGIN SELECT raise(ABORT, 'a note on a web edition stays as it was published'); END;
