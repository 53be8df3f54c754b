-- Schema 2. Everything is append-only: who, when, what; "current" and "as of" are queries over it.
-- Observations carry no key or index (faster load, smaller file); the load itself keeps (kpi, segment, period, load_id)
-- unique and `check` verifies it. Times are UTC without zone.

CREATE TABLE meta (key VARCHAR NOT NULL, value VARCHAR NOT NULL);
INSERT INTO meta VALUES ('schema_version', '2'), ('data_version', '0');

CREATE TABLE load (
    load_id INTEGER NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by VARCHAR NOT NULL,
    file VARCHAR NOT NULL,
    sha256 VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    status VARCHAR NOT NULL,              -- stored, partial, rejected, needs_input
    layout VARCHAR NOT NULL,              -- how the file was read, in one sentence
    mapping VARCHAR NOT NULL,             -- YAML; empty when nothing was declared
    accepted_new BIGINT NOT NULL,         -- counts are cells; would-be counts when refused
    unchanged BIGINT NOT NULL,
    restated BIGINT NOT NULL,
    repeated BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    absent BIGINT NOT NULL
);

CREATE TABLE load_undo (load_id INTEGER NOT NULL, recorded_at TIMESTAMP NOT NULL, recorded_by VARCHAR NOT NULL);

CREATE TABLE observation (
    kpi VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    period DATE NOT NULL,                 -- first day
    value DOUBLE NOT NULL,
    exact VARCHAR,                        -- the decimal text, where a double does not keep all its digits
    load_id INTEGER NOT NULL,
    -- first: no row for this kpi, segment and period before; again: there was one; handed_on: kept, when another load
    -- was undone, by the load that confirmed it. An enum, since a text costs a bulk load a tenth of its time.
    came ENUM ('first', 'again', 'handed_on') NOT NULL
);

-- What a load repeated unchanged, as runs over the periods then known: the value survives when the load that first
-- brought it is undone.
CREATE TABLE confirmation (
    load_id INTEGER NOT NULL, kpi VARCHAR NOT NULL, segment VARCHAR NOT NULL, first DATE NOT NULL, last DATE NOT NULL
);

CREATE TABLE rejection (
    load_id INTEGER NOT NULL, row BIGINT, col VARCHAR, value VARCHAR, code VARCHAR NOT NULL, reason VARCHAR NOT NULL
);

CREATE TABLE check_result (
    load_id INTEGER NOT NULL, expectation VARCHAR NOT NULL, kpi VARCHAR NOT NULL, success BOOLEAN NOT NULL,
    blocking BOOLEAN NOT NULL, unexpected BIGINT NOT NULL, detail VARCHAR NOT NULL
);

CREATE TABLE definition (
    kind VARCHAR NOT NULL,                -- team, cycle, kpi, objective, key_result
    id VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by VARCHAR NOT NULL,
    position INTEGER NOT NULL,            -- order in the file that brought it
    body VARCHAR NOT NULL                 -- JSON
);

CREATE TABLE check_in (
    key_result VARCHAR NOT NULL, day DATE NOT NULL, value DOUBLE, confidence DOUBLE, note VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL, recorded_by VARCHAR NOT NULL,
    blocker VARCHAR                       -- what holds it up, in the owner's words; '' nothing any more, NULL not said
);

-- What people write down as the year goes: events, comments, actions, closed cycles (data/records.py).
CREATE TABLE record (
    kind VARCHAR NOT NULL,
    id VARCHAR NOT NULL,
    recorded_at TIMESTAMP NOT NULL,
    recorded_by VARCHAR NOT NULL,
    body VARCHAR                          -- JSON; NULL takes the record back
);

-- One row per committed write, written by data/store.py itself; what its columns seal stands in data/chain.py.
CREATE TABLE commit_log (
    sequence BIGINT NOT NULL,             -- 1, 2, 3, ...
    made_at TIMESTAMP NOT NULL,           -- the moment of the write; `recorded_at` may say another when history is replayed
    made_by VARCHAR NOT NULL,
    action VARCHAR NOT NULL,
    version BIGINT NOT NULL,              -- the data version that it left
    baseline BOOLEAN NOT NULL,            -- seals everything from the first row on
    added VARCHAR NOT NULL,               -- JSON: per table that grew [first row, rows, digest]
    totals VARCHAR NOT NULL,              -- JSON: rows of every table since
    previous VARCHAR NOT NULL,            -- hash of the row before
    hash VARCHAR NOT NULL
);
