-- What people write down as the year goes (data/records.py).
CREATE TABLE IF NOT EXISTS record (
    kind VARCHAR NOT NULL, id VARCHAR NOT NULL, recorded_at TIMESTAMP NOT NULL, recorded_by VARCHAR NOT NULL,
    body VARCHAR
);

-- What holds a key result up, said in a check-in.
ALTER TABLE check_in ADD COLUMN IF NOT EXISTS blocker VARCHAR;

-- One row per committed write (data/chain.py); the migration itself is its first and seals what was there.
CREATE TABLE commit_log (
    sequence BIGINT NOT NULL, made_at TIMESTAMP NOT NULL, made_by VARCHAR NOT NULL, action VARCHAR NOT NULL,
    version BIGINT NOT NULL, baseline BOOLEAN NOT NULL, added VARCHAR NOT NULL, totals VARCHAR NOT NULL,
    previous VARCHAR NOT NULL, hash VARCHAR NOT NULL
);
