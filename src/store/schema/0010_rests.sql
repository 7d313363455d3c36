-- Relays that are to be left alone, each by its name and place, and in which words: they asked for it, or they refused
-- us, and then only cron keeps away; a person may have mended it.
CREATE TABLE relay_rest (
    relay TEXT NOT NULL,
    cron  INTEGER NOT NULL CHECK (cron IN (0, 1)),
    until INTEGER NOT NULL,
    words TEXT NOT NULL,
    PRIMARY KEY (relay, cron)
) STRICT, WITHOUT ROWID;
