-- Deliveries that ended without a copy, or without anybody knowing: few of an edition, and asked for by state and lane.
CREATE INDEX delivery_ended ON delivery (edition, state, lane, class)
    WHERE state IN ('failed', 'suppressed', 'unknown', 'expired');
