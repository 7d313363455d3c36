-- What was taken off a web edition after it was frozen.

-- What is not shown of a web edition: a block, or all of it where `block` is empty. `shown` is when it was put back.
CREATE TABLE web_hidden (
    edition INTEGER NOT NULL REFERENCES edition (id),
    block   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    shown   INTEGER,
    PRIMARY KEY (edition, block)
) STRICT, WITHOUT ROWID;
