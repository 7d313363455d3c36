-- What somebody must know of: told once when it begins and once when it is over.

-- One case of a trouble. `newsletter` and `slot` are empty where it is the whole house's; `ending` is empty where
-- its day was simply over, and then nobody is told.
CREATE TABLE alarm (
    id         INTEGER PRIMARY KEY,
    trouble    TEXT NOT NULL,
    newsletter TEXT NOT NULL,
    slot       TEXT NOT NULL,
    what       TEXT NOT NULL,
    mend       TEXT NOT NULL,
    since      INTEGER NOT NULL,
    seen       INTEGER NOT NULL,
    over       INTEGER,
    ending     TEXT,
    CHECK ((over IS NULL) = (ending IS NULL))
) STRICT;

-- A trouble is open once, however many processes see it.
CREATE UNIQUE INDEX alarm_open ON alarm (trouble, newsletter, slot) WHERE over IS NULL;
CREATE INDEX alarm_over ON alarm (over) WHERE over IS NOT NULL;

-- Who was told what. `at` is null while a carrier has only failed, for the reason that was said last.
CREATE TABLE alarm_told (
    alarm   INTEGER NOT NULL REFERENCES alarm (id),
    carrier TEXT NOT NULL CHECK (carrier IN ('mail', 'webhook', 'command')),
    stage   TEXT NOT NULL CHECK (stage IN ('begun', 'over')),
    at      INTEGER,
    failure TEXT,
    PRIMARY KEY (alarm, carrier, stage)
) STRICT, WITHOUT ROWID;

-- Found without walking over everybody who has it.
CREATE INDEX delivery_unknown ON delivery (edition, subscriber) WHERE state = 'unknown';
