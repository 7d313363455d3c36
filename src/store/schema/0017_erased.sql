-- Who was erased: a keyed hash of the folded address, whose key is the newsroom's secret. No list brings them back.
CREATE TABLE erased (
    mark BLOB NOT NULL PRIMARY KEY CHECK (length(mark) = 32),
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
