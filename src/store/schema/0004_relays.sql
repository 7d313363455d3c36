-- How each relay of a run does, as the run said it last: for whoever watches. Nothing is decided by it.
CREATE TABLE relay_standing (
    edition INTEGER NOT NULL REFERENCES edition (id),
    relay   TEXT NOT NULL,
    breaker TEXT NOT NULL CHECK (breaker IN ('closed', 'open', 'half-open')),
    carries INTEGER NOT NULL CHECK (carries IN (0, 1)),
    trouble TEXT NOT NULL,
    since   INTEGER NOT NULL,
    PRIMARY KEY (edition, relay)
) STRICT, WITHOUT ROWID;
