-- What people write down as the year goes (data/records.py).
CREATE TABLE record (
    kind VARCHAR NOT NULL, id VARCHAR NOT NULL, recorded_at TIMESTAMP NOT NULL, recorded_by VARCHAR NOT NULL,
    body VARCHAR
);

-- What holds a key result up, said in a check-in.
ALTER TABLE check_in ADD COLUMN IF NOT EXISTS blocker VARCHAR;
