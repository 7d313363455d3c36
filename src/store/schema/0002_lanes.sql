-- Lanes, who comes first, and the days of relays.

-- A delivery's lane and its turn are fixed with the audience: 0 comes first, then the lower numbers.
ALTER TABLE delivery ADD COLUMN lane TEXT NOT NULL DEFAULT 'others';
ALTER TABLE delivery ADD COLUMN turn INTEGER NOT NULL DEFAULT 1 CHECK (turn >= 0);

DROP INDEX delivery_queued;
CREATE INDEX delivery_queued ON delivery (edition, lane, turn, subscriber) WHERE state = 'queued';

-- The lanes its deliveries were given by, as JSON: other lanes in config.toml move those still open.
ALTER TABLE edition ADD COLUMN lanes TEXT NOT NULL DEFAULT '[]';

-- A lane that a wave of refusals paused; `released` is when an editor let it go on.
CREATE TABLE lane_pause (
    edition  INTEGER NOT NULL REFERENCES edition (id),
    lane     TEXT NOT NULL,
    since    INTEGER NOT NULL,
    released INTEGER,
    PRIMARY KEY (edition, lane)
) STRICT, WITHOUT ROWID;

-- Messages a relay with a quota was given on a day (UTC, days since 1970).
CREATE TABLE relay_day (
    relay TEXT NOT NULL,
    day   INTEGER NOT NULL,
    given INTEGER NOT NULL CHECK (given >= 0),
    PRIMARY KEY (relay, day)
) STRICT, WITHOUT ROWID;
