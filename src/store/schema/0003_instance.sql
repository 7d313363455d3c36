-- Which store this is, and how many waves it has granted: a copy of it has both, and lies elsewhere.
CREATE TABLE instance (
    one   INTEGER PRIMARY KEY CHECK (one = 1),
    id    TEXT NOT NULL,
    epoch INTEGER NOT NULL CHECK (epoch >= 0)
) STRICT;
