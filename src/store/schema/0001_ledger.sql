-- The ledger and the readers. Times are milliseconds since 1970, UTC.

-- A person. Found by `key` in links, by `folded` everywhere else; `bounced` is when a hard bounce excluded them.
-- A row is never deleted: its number stands in ledgers, and must not become another's.
CREATE TABLE subscriber (
    id         INTEGER PRIMARY KEY,
    key        BLOB NOT NULL UNIQUE CHECK (length(key) = 16),
    address    TEXT NOT NULL,
    folded     TEXT NOT NULL UNIQUE,
    domain     TEXT NOT NULL,
    first_name TEXT,
    language   TEXT,
    fields     TEXT CHECK (json_type(fields) = 'object'),
    tags       TEXT CHECK (json_type(tags) = 'array'),
    bounced    INTEGER,
    created    INTEGER NOT NULL
) STRICT;

CREATE TRIGGER subscriber_keeps_its_number BEFORE DELETE ON subscriber
BEGIN SELECT raise(ABORT, 'a subscriber''s row stays; empty it instead'); END;

-- That person and one newsletter. In the order of subscribers, so that a snapshot reads both tables forward.
CREATE TABLE subscription (
    newsletter TEXT NOT NULL,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id),
    state      TEXT NOT NULL CHECK (state IN ('pending', 'active', 'paused', 'left', 'bounced', 'complained')),
    source     TEXT NOT NULL,
    since      INTEGER NOT NULL,
    PRIMARY KEY (newsletter, subscriber)
) STRICT, WITHOUT ROWID;

-- Proof of what each person asked for: only ever added to.
CREATE TABLE consent (
    subscriber INTEGER NOT NULL REFERENCES subscriber (id),
    newsletter TEXT NOT NULL,
    at         INTEGER NOT NULL,
    act        TEXT NOT NULL CHECK (act IN ('joined', 'left')),
    how        TEXT NOT NULL,
    PRIMARY KEY (subscriber, newsletter, at, act)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER consent_is_kept BEFORE UPDATE ON consent
BEGIN SELECT raise(ABORT, 'consent is only ever added to'); END;

-- Who must not be mailed: a folded address, or `@domain` for everyone there.
CREATE TABLE suppression (
    what        TEXT NOT NULL PRIMARY KEY CHECK (instr(what, '@') > 0),
    reason      TEXT NOT NULL CHECK (reason IN ('bounce', 'complaint', 'command')),
    detail      TEXT NOT NULL DEFAULT '',
    provisional INTEGER NOT NULL DEFAULT 0 CHECK (provisional IN (0, 1)),
    since       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- An issue frozen for sending. One (newsletter, slot, purpose) is one edition: cron may come as often as it likes.
CREATE TABLE edition (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    newsletter TEXT NOT NULL,
    slot       TEXT NOT NULL,
    purpose    TEXT NOT NULL CHECK (purpose IN ('issue', 'rehearsal', 'test')),
    state      TEXT NOT NULL CHECK (state IN ('freezing', 'ready', 'sending', 'held', 'done', 'cancelled')),
    subject    TEXT NOT NULL DEFAULT '',
    policy     TEXT NOT NULL DEFAULT 'at-most-once' CHECK (policy IN ('at-most-once', 'at-least-once')),
    version    INTEGER NOT NULL DEFAULT 0,
    audience   INTEGER NOT NULL DEFAULT 0,
    begun      INTEGER NOT NULL,
    not_after  INTEGER,
    started    INTEGER,
    finished   INTEGER,
    UNIQUE (newsletter, slot, purpose),
    -- Nothing is ready, under way or done that was not frozen.
    CHECK (state IN ('freezing', 'held', 'cancelled') OR (version > 0 AND not_after IS NOT NULL)),
    CHECK (state <> 'sending' OR started IS NOT NULL),
    CHECK (state <> 'done' OR finished IS NOT NULL)
) STRICT;

-- The bytes of an edition. They never change.
CREATE TABLE edition_version (
    edition INTEGER NOT NULL REFERENCES edition (id),
    version INTEGER NOT NULL CHECK (version > 0),
    hash    TEXT NOT NULL,
    subject TEXT NOT NULL,
    cuts    TEXT NOT NULL,
    bytes   BLOB NOT NULL,
    frozen  INTEGER NOT NULL,
    PRIMARY KEY (edition, version)
) STRICT;

CREATE TRIGGER version_never_changes BEFORE UPDATE ON edition_version
BEGIN SELECT raise(ABORT, 'a version never changes (I6)'); END;

CREATE TRIGGER version_never_goes BEFORE DELETE ON edition_version
BEGIN SELECT raise(ABORT, 'a version never changes (I6)'); END;

-- Pictures by the hash of their bytes, as the readers' mails name them.
CREATE TABLE image (
    hash  TEXT NOT NULL PRIMARY KEY,
    kind  TEXT NOT NULL,
    bytes BLOB NOT NULL
) STRICT;

CREATE TRIGGER image_never_changes BEFORE UPDATE ON image
BEGIN SELECT raise(ABORT, 'a picture under a hash never changes'); END;

CREATE TABLE web_edition (
    newsletter TEXT NOT NULL,
    slot       TEXT NOT NULL,
    html       TEXT NOT NULL,
    PRIMARY KEY (newsletter, slot)
) STRICT;

-- One edition to one reader. `reply` holds the relay's words, or ours where `relay` is null.
-- `version` is that of the last grant: whatever has none yet takes the newest.
CREATE TABLE delivery (
    edition    INTEGER NOT NULL REFERENCES edition (id),
    subscriber INTEGER NOT NULL,
    address    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN
        ('queued', 'sending', 'sent', 'failed', 'deferred', 'suppressed', 'unknown', 'expired')),
    version    INTEGER,
    tries      INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    contacts   INTEGER NOT NULL DEFAULT 0 CHECK (contacts >= 0),
    due        INTEGER,
    class      TEXT CHECK (class IN ('hard', 'soft', 'sender')),
    reply      TEXT,
    relay      TEXT,
    changed    INTEGER NOT NULL,
    PRIMARY KEY (edition, subscriber),
    CHECK ((state = 'deferred') = (due IS NOT NULL)),
    CHECK (version IS NOT NULL OR state IN ('queued', 'suppressed', 'expired'))
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_queued ON delivery (edition, subscriber) WHERE state = 'queued';
CREATE INDEX delivery_sending ON delivery (edition, subscriber) WHERE state = 'sending';
CREATE INDEX delivery_deferred ON delivery (edition, due) WHERE state = 'deferred';

-- The eight states and their arrows; there are no others.
CREATE TRIGGER delivery_follows_its_arrows BEFORE UPDATE OF state ON delivery
WHEN NOT CASE OLD.state
    WHEN 'queued' THEN NEW.state IN ('sending', 'suppressed', 'expired')
    WHEN 'sending' THEN NEW.state IN ('sent', 'failed', 'deferred', 'queued', 'unknown', 'expired')
    WHEN 'deferred' THEN NEW.state IN ('queued', 'expired')
    WHEN 'unknown' THEN NEW.state IN ('sent', 'failed', 'queued')
    WHEN 'failed' THEN NEW.state = 'queued'
    ELSE 0
END
BEGIN SELECT raise(ABORT, 'a delivery moves only along its arrows'); END;

CREATE TRIGGER done_means_done BEFORE UPDATE OF state ON edition
WHEN NEW.state IN ('done', 'cancelled') AND EXISTS (
    SELECT 1 FROM delivery WHERE edition = NEW.id AND state = 'queued'
    UNION ALL SELECT 1 FROM delivery WHERE edition = NEW.id AND state = 'deferred'
    UNION ALL SELECT 1 FROM delivery WHERE edition = NEW.id AND state = 'sending' AND NEW.state = 'done')
BEGIN SELECT raise(ABORT, 'an edition with open deliveries is not over (I5)'); END;

-- The approval that counts; who approved before is in `event`.
CREATE TABLE approval (
    newsletter TEXT NOT NULL,
    slot       TEXT NOT NULL,
    hash       TEXT NOT NULL,
    audience   INTEGER NOT NULL,
    by         TEXT NOT NULL,
    at         INTEGER NOT NULL,
    parts      BLOB,
    PRIMARY KEY (newsletter, slot)
) STRICT;

-- Who did what to an issue.
CREATE TABLE event (
    id         INTEGER PRIMARY KEY,
    at         INTEGER NOT NULL,
    newsletter TEXT NOT NULL,
    slot       TEXT NOT NULL,
    who        TEXT NOT NULL,
    what       TEXT NOT NULL,
    detail     TEXT NOT NULL
) STRICT;

CREATE INDEX event_by_slot ON event (newsletter, slot);

CREATE TRIGGER event_is_kept BEFORE UPDATE ON event
BEGIN SELECT raise(ABORT, 'events are only ever added to'); END;

CREATE TRIGGER event_never_goes BEFORE DELETE ON event
BEGIN SELECT raise(ABORT, 'events are only ever added to'); END;

-- Reasons not to send that were told once.
CREATE TABLE told (
    newsletter TEXT NOT NULL,
    slot       TEXT NOT NULL,
    reason     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (newsletter, slot, reason)
) STRICT, WITHOUT ROWID;

-- A reader's answer to a poll: the last one counts.
CREATE TABLE poll_answer (
    newsletter TEXT NOT NULL,
    slot       TEXT NOT NULL,
    block      TEXT NOT NULL,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id),
    answer     INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (newsletter, slot, block, subscriber)
) STRICT, WITHOUT ROWID;
