-- Messages a relay took and could not deliver, as it told later. They stay `sent`: the books are about what was handed
-- over, and this stands beside them.
CREATE TABLE returned (
    edition    INTEGER NOT NULL REFERENCES edition (id),
    subscriber INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    words      TEXT NOT NULL,
    PRIMARY KEY (edition, subscriber)
) STRICT, WITHOUT ROWID;
