-- Readers who want the text edition alone; and which deliveries are so, fixed with the audience.
ALTER TABLE subscriber ADD COLUMN text_only INTEGER NOT NULL DEFAULT 0 CHECK (text_only = 0 OR text_only = 1);
ALTER TABLE delivery ADD COLUMN text_only INTEGER NOT NULL DEFAULT 0 CHECK (text_only = 0 OR text_only = 1);

-- How many of the audience that were, when it was fixed.
ALTER TABLE edition ADD COLUMN text_only INTEGER NOT NULL DEFAULT 0;
