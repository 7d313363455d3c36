-- Relays that asked to be left alone, each by its name and place, and in which words.
CREATE TABLE relay_rest (
    relay TEXT NOT NULL PRIMARY KEY,
    until INTEGER NOT NULL,
    words TEXT NOT NULL
) STRICT, WITHOUT ROWID;
