-- The version whose refusals an editor has looked at and let go on: they alarm nobody again.
ALTER TABLE edition ADD COLUMN cleared INTEGER;
