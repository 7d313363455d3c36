-- A refusal says nothing about an attempt before it that nobody saw the end of: such a reader is unknown, not failed.

DROP TRIGGER delivery_follows_its_arrows;
CREATE TRIGGER delivery_follows_its_arrows BEFORE UPDATE OF state ON delivery
WHEN NOT CASE OLD.state
    WHEN 'queued' THEN NEW.state = 'sending' OR NEW.state = 'suppressed' OR NEW.state = 'expired'
        OR (NEW.state = 'unknown' AND OLD.unseen = 1)
    WHEN 'sending' THEN NEW.state = 'sent' OR NEW.state = 'deferred' OR NEW.state = 'queued' OR NEW.state = 'unknown'
        OR NEW.state = 'expired' OR (NEW.state = 'failed' AND NEW.unseen = 0)
    WHEN 'deferred' THEN NEW.state = 'queued' OR NEW.state = 'expired'
        OR (NEW.state = 'unknown' AND OLD.unseen = 1)
    WHEN 'unknown' THEN NEW.state = 'sent' OR NEW.state = 'queued' OR (NEW.state = 'failed' AND NEW.unseen = 0)
    WHEN 'failed' THEN NEW.state = 'queued'
    ELSE 0
END
BEGIN SELECT raise(ROLLBACK, 'a delivery moves only along its arrows'); END;
