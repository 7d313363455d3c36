-- A delivery that would leave its arrows undoes the whole wave and not the one statement: SQLite keeps a journal of its
-- own for each statement it might have to undo alone, which was a tenth of what a delivery cost.

DROP TRIGGER delivery_follows_its_arrows;
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
BEGIN SELECT raise(ROLLBACK, 'a delivery moves only along its arrows'); END;
