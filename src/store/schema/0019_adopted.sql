-- When somebody said that this store, a copy or an older state, is the one that sends: what was due by then may have
-- gone out by another.
ALTER TABLE instance ADD COLUMN adopted INTEGER;
