-- The same tables and rules, said without lists of words: SQLite makes a table of each list anew for every row that
-- is written, which was half of what a delivery cost. Comparisons cost next to nothing.

DROP TRIGGER done_means_done;

CREATE TABLE delivery_anew (
    edition    INTEGER NOT NULL REFERENCES edition (id),
    subscriber INTEGER NOT NULL,
    address    TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (
        state = 'queued' OR state = 'sending' OR state = 'sent' OR state = 'failed' OR state = 'deferred'
        OR state = 'suppressed' OR state = 'unknown' OR state = 'expired'),
    version    INTEGER,
    tries      INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0),
    contacts   INTEGER NOT NULL DEFAULT 0 CHECK (contacts >= 0),
    due        INTEGER,
    class      TEXT CHECK (class = 'hard' OR class = 'soft' OR class = 'sender'),
    reply      TEXT,
    relay      TEXT,
    changed    INTEGER NOT NULL,
    lane       TEXT NOT NULL DEFAULT 'others',
    turn       INTEGER NOT NULL DEFAULT 1 CHECK (turn >= 0),
    unseen     INTEGER NOT NULL DEFAULT 0
        CHECK (unseen = 0 OR (unseen = 1 AND state <> 'suppressed' AND state <> 'expired')),
    PRIMARY KEY (edition, subscriber),
    CHECK ((state = 'deferred') = (due IS NOT NULL)),
    CHECK (version IS NOT NULL OR state = 'queued' OR state = 'suppressed' OR state = 'expired')
) STRICT, WITHOUT ROWID;

INSERT INTO delivery_anew (edition, subscriber, address, state, version, tries, contacts, due, class, reply, relay,
    changed, lane, turn, unseen)
SELECT edition, subscriber, address, state, version, tries, contacts, due, class, reply, relay,
    changed, lane, turn, unseen FROM delivery ORDER BY edition, subscriber;

DROP TABLE delivery;
ALTER TABLE delivery_anew RENAME TO delivery;

CREATE INDEX delivery_queued ON delivery (edition, lane, turn, subscriber) WHERE state = 'queued';
CREATE INDEX delivery_sending ON delivery (edition, subscriber) WHERE state = 'sending';
CREATE INDEX delivery_deferred ON delivery (edition, due) WHERE state = 'deferred';
CREATE INDEX delivery_unknown ON delivery (edition, subscriber) WHERE state = 'unknown';
CREATE INDEX delivery_ended ON delivery (edition, state, lane, class)
    WHERE state = 'failed' OR state = 'suppressed' OR state = 'unknown' OR state = 'expired';

CREATE TRIGGER delivery_follows_its_arrows BEFORE UPDATE OF state ON delivery
WHEN NOT CASE OLD.state
    WHEN 'queued' THEN NEW.state = 'sending' OR NEW.state = 'suppressed' OR NEW.state = 'expired'
        OR (NEW.state = 'unknown' AND OLD.unseen = 1)
    WHEN 'sending' THEN NEW.state = 'sent' OR NEW.state = 'failed' OR NEW.state = 'deferred' OR NEW.state = 'queued'
        OR NEW.state = 'unknown' OR NEW.state = 'expired'
    WHEN 'deferred' THEN NEW.state = 'queued' OR NEW.state = 'expired'
        OR (NEW.state = 'unknown' AND OLD.unseen = 1)
    WHEN 'unknown' THEN NEW.state = 'sent' OR NEW.state = 'failed' OR NEW.state = 'queued'
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

CREATE TABLE subscription_anew (
    newsletter TEXT NOT NULL,
    subscriber INTEGER NOT NULL REFERENCES subscriber (id),
    state      TEXT NOT NULL CHECK (
        state = 'active' OR state = 'pending' OR state = 'paused' OR state = 'left' OR state = 'bounced'
        OR state = 'complained'),
    source     TEXT NOT NULL,
    since      INTEGER NOT NULL,
    PRIMARY KEY (newsletter, subscriber)
) STRICT, WITHOUT ROWID;

INSERT INTO subscription_anew SELECT newsletter, subscriber, state, source, since
FROM subscription ORDER BY newsletter, subscriber;

DROP TABLE subscription;
ALTER TABLE subscription_anew RENAME TO subscription;
