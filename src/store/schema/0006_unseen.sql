-- An attempt ended and nobody saw how, and it is tried again: the reader may have a copy, so it never ends as if
-- nothing had left.
ALTER TABLE delivery ADD COLUMN unseen INTEGER NOT NULL DEFAULT 0
    CHECK (unseen = 0 OR (unseen = 1 AND state NOT IN ('suppressed', 'expired')));

DROP TRIGGER delivery_follows_its_arrows;
CREATE TRIGGER delivery_follows_its_arrows BEFORE UPDATE OF state ON delivery
WHEN NOT CASE OLD.state
    WHEN 'queued' THEN NEW.state IN ('sending', 'suppressed', 'expired') OR (NEW.state = 'unknown' AND OLD.unseen = 1)
    WHEN 'sending' THEN NEW.state IN ('sent', 'failed', 'deferred', 'queued', 'unknown', 'expired')
    WHEN 'deferred' THEN NEW.state IN ('queued', 'expired') OR (NEW.state = 'unknown' AND OLD.unseen = 1)
    WHEN 'unknown' THEN NEW.state IN ('sent', 'failed', 'queued')
    WHEN 'failed' THEN NEW.state = 'queued'
    ELSE 0
END
BEGIN SELECT raise(ABORT, 'a delivery moves only along its arrows'); END;
