-- sum
SELECT
  'all' AS "segment",
  "t2"."period" AS "period",
  "t2"."value" AS "value"
FROM (
  SELECT
    CAST("t1"."ordered_at" AS Nullable(DATE)) AS "period",
    CAST(SUM("t1"."amount") AS Nullable(Float64)) AS "value"
  FROM (
    SELECT
      *
    FROM "orders" AS "t0"
    WHERE
      "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
      AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
  ) AS "t1"
  GROUP BY
    CAST("t1"."ordered_at" AS Nullable(DATE))
) AS "t2";

-- sum of some
SELECT
  'all' AS "segment",
  "t2"."period" AS "period",
  "t2"."value" AS "value"
FROM (
  SELECT
    dateTrunc('WEEK', CAST("t1"."ordered_at" AS Nullable(DATE))) AS "period",
    CASE
      WHEN countIf("t1"."paid" = TRUE) = 0
      THEN 0.0
      ELSE CAST(sumIf("t1"."amount", "t1"."paid" = TRUE) AS Nullable(Float64))
    END AS "value"
  FROM (
    SELECT
      *
    FROM "orders" AS "t0"
    WHERE
      "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
      AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
  ) AS "t1"
  GROUP BY
    dateTrunc('WEEK', CAST("t1"."ordered_at" AS Nullable(DATE)))
) AS "t2";

-- mean
SELECT
  'all' AS "segment",
  "t2"."period" AS "period",
  "t2"."value" AS "value"
FROM (
  SELECT
    dateTrunc('MONTH', CAST("t1"."ordered_at" AS Nullable(DATE))) AS "period",
    AVG(CAST("t1"."amount" AS Nullable(Float64))) AS "value"
  FROM (
    SELECT
      *
    FROM "orders" AS "t0"
    WHERE
      "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
      AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
  ) AS "t1"
  GROUP BY
    dateTrunc('MONTH', CAST("t1"."ordered_at" AS Nullable(DATE)))
) AS "t2";

-- min
SELECT
  'all' AS "segment",
  "t2"."period" AS "period",
  "t2"."value" AS "value"
FROM (
  SELECT
    dateTrunc('QUARTER', CAST("t1"."ordered_at" AS Nullable(DATE))) AS "period",
    MIN("t1"."minutes") AS "value"
  FROM (
    SELECT
      *
    FROM "orders" AS "t0"
    WHERE
      "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
      AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
  ) AS "t1"
  GROUP BY
    dateTrunc('QUARTER', CAST("t1"."ordered_at" AS Nullable(DATE)))
) AS "t2";

-- max
SELECT
  'all' AS "segment",
  "t2"."period" AS "period",
  "t2"."value" AS "value"
FROM (
  SELECT
    dateTrunc('MONTH', CAST("t1"."ordered_at" AS Nullable(DATE))) AS "period",
    CAST(MAX("t1"."pieces") AS Nullable(Float64)) AS "value"
  FROM (
    SELECT
      *
    FROM "orders" AS "t0"
    WHERE
      "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
      AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
  ) AS "t1"
  GROUP BY
    dateTrunc('MONTH', CAST("t1"."ordered_at" AS Nullable(DATE)))
) AS "t2";

-- count of rows
SELECT
  'all' AS "segment",
  "t2"."period" AS "period",
  "t2"."value" AS "value"
FROM (
  SELECT
    dateTrunc('MONTH', CAST("t1"."ordered_at" AS Nullable(DATE))) AS "period",
    CAST(COUNT(*) AS Nullable(Float64)) AS "value"
  FROM (
    SELECT
      *
    FROM "orders" AS "t0"
    WHERE
      "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
      AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
  ) AS "t1"
  GROUP BY
    dateTrunc('MONTH', CAST("t1"."ordered_at" AS Nullable(DATE)))
) AS "t2";

-- count of values
SELECT
  'all' AS "segment",
  "t2"."period" AS "period",
  "t2"."value" AS "value"
FROM (
  SELECT
    dateTrunc('MONTH', CAST("t1"."ordered_at" AS Nullable(DATE))) AS "period",
    CAST(countIf("t1"."customer", NOT (
      "t1"."status" IN ('void')
    )) AS Nullable(Float64)) AS "value"
  FROM (
    SELECT
      *
    FROM "orders" AS "t0"
    WHERE
      "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
      AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
  ) AS "t1"
  GROUP BY
    dateTrunc('MONTH', CAST("t1"."ordered_at" AS Nullable(DATE)))
) AS "t2";

-- count_distinct
SELECT
  'all' AS "segment",
  "t2"."period" AS "period",
  "t2"."value" AS "value"
FROM (
  SELECT
    dateTrunc('MONTH', CAST("t1"."ordered_at" AS Nullable(DATE))) AS "period",
    CAST(uniq("t1"."customer") AS Nullable(Float64)) AS "value"
  FROM (
    SELECT
      *
    FROM "orders" AS "t0"
    WHERE
      "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
      AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
  ) AS "t1"
  GROUP BY
    dateTrunc('MONTH', CAST("t1"."ordered_at" AS Nullable(DATE)))
) AS "t2";

-- ratio of segments, filtered
WITH "t1" AS (
  SELECT
    *
  FROM "orders" AS "t0"
  WHERE
    "t0"."country" IN ('SE', 'it''s')
    AND "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
    AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
)
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t3"."period" AS "period",
    "t3"."value" AS "value"
  FROM (
    SELECT
      dateTrunc('WEEK', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      CASE
        WHEN countIf("t2"."status" = 'paid') = 0
        THEN 0.0
        ELSE CAST(sumIf("t2"."amount", "t2"."status" = 'paid') AS Nullable(Float64))
      END / nullIf(CAST(SUM("t2"."amount") AS Nullable(Float64)), 0.0) AS "value"
    FROM "t1" AS "t2"
    GROUP BY
      dateTrunc('WEEK', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t3"
) AS "t5"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      CONCAT(
        CONCAT(COALESCE(nullIf("t2"."country", ''), '(none)'), ' / '),
        COALESCE(nullIf("t2"."channel", ''), '(none)')
      ) AS "segment",
      dateTrunc('WEEK', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      CASE
        WHEN countIf("t2"."status" = 'paid') = 0
        THEN 0.0
        ELSE CAST(sumIf("t2"."amount", "t2"."status" = 'paid') AS Nullable(Float64))
      END / nullIf(CAST(SUM("t2"."amount") AS Nullable(Float64)), 0.0) AS "value"
    FROM "t1" AS "t2"
    GROUP BY
      CONCAT(
        CONCAT(COALESCE(nullIf("t2"."country", ''), '(none)'), ' / '),
        COALESCE(nullIf("t2"."channel", ''), '(none)')
      ),
      dateTrunc('WEEK', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t4"
) AS "t6";

-- every filter
WITH "t1" AS (
  SELECT
    *
  FROM "orders" AS "t0"
  WHERE
    "t0"."status" = 'paid'
    AND "t0"."pieces" IN (1, 2)
    AND NOT (
      "t0"."channel" IN ('web', '\\')
    )
    AND "t0"."amount" >= 0.5
    AND "t0"."minutes" < 90
    AND "t0"."ordered_at" >= CAST(toDate('2026-02-01') AS Nullable(DateTime))
    AND isNotNull("t0"."customer")
    AND isNull("t0"."country")
    AND "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
    AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
)
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t3"."period" AS "period",
    "t3"."value" AS "value"
  FROM (
    SELECT
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM "t1" AS "t2"
    GROUP BY
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t3"
) AS "t5"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      COALESCE(nullIf(CAST("t2"."pieces" AS Nullable(String)), ''), '(none)') AS "segment",
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM "t1" AS "t2"
    GROUP BY
      COALESCE(nullIf(CAST("t2"."pieces" AS Nullable(String)), ''), '(none)'),
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t4"
) AS "t6";
