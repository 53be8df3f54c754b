-- sum
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t4"."period" AS "period",
    "t4"."value" AS "value"
  FROM (
    SELECT
      CAST("t2"."ordered_at" AS Nullable(DATE)) AS "period",
      CAST(SUM("t2"."amount") AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
        AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
    ) AS "t2"
    GROUP BY
      CAST("t2"."ordered_at" AS Nullable(DATE))
  ) AS "t4"
) AS "t6"
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    CAST(NULL AS Nullable(DATE)) AS "period",
    "t3"."value" AS "value"
  FROM (
    SELECT
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        isNull("t0"."ordered_at")
    ) AS "t1"
  ) AS "t3"
) AS "t5";

-- sum of some
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t5"."period" AS "period",
    "t5"."value" AS "value"
  FROM (
    SELECT
      dateTrunc('WEEK', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      CASE
        WHEN countIf("t2"."paid" = TRUE) = 0
        THEN 0.0
        ELSE CAST(sumIf("t2"."amount", "t2"."paid" = TRUE) AS Nullable(Float64))
      END AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
        AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
    ) AS "t2"
    GROUP BY
      dateTrunc('WEEK', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t5"
) AS "t6"
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    CAST(NULL AS Nullable(DATE)) AS "period",
    "t3"."value" AS "value"
  FROM (
    SELECT
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        isNull("t0"."ordered_at")
    ) AS "t1"
  ) AS "t3"
) AS "t4";

-- mean
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t4"."period" AS "period",
    "t4"."value" AS "value"
  FROM (
    SELECT
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      AVG(CAST("t2"."amount" AS Nullable(Float64))) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
        AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
    ) AS "t2"
    GROUP BY
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t4"
) AS "t6"
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    CAST(NULL AS Nullable(DATE)) AS "period",
    "t3"."value" AS "value"
  FROM (
    SELECT
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        isNull("t0"."ordered_at")
    ) AS "t1"
  ) AS "t3"
) AS "t5";

-- min
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t4"."period" AS "period",
    "t4"."value" AS "value"
  FROM (
    SELECT
      dateTrunc('QUARTER', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      MIN("t2"."minutes") AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
        AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
    ) AS "t2"
    GROUP BY
      dateTrunc('QUARTER', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t4"
) AS "t6"
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    CAST(NULL AS Nullable(DATE)) AS "period",
    "t3"."value" AS "value"
  FROM (
    SELECT
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        isNull("t0"."ordered_at")
    ) AS "t1"
  ) AS "t3"
) AS "t5";

-- max
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t4"."period" AS "period",
    "t4"."value" AS "value"
  FROM (
    SELECT
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      CAST(MAX("t2"."pieces") AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
        AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
    ) AS "t2"
    GROUP BY
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t4"
) AS "t6"
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    CAST(NULL AS Nullable(DATE)) AS "period",
    "t3"."value" AS "value"
  FROM (
    SELECT
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        isNull("t0"."ordered_at")
    ) AS "t1"
  ) AS "t3"
) AS "t5";

-- count of rows
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t4"."period" AS "period",
    "t4"."value" AS "value"
  FROM (
    SELECT
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
        AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
    ) AS "t2"
    GROUP BY
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t4"
) AS "t6"
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    CAST(NULL AS Nullable(DATE)) AS "period",
    "t3"."value" AS "value"
  FROM (
    SELECT
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        isNull("t0"."ordered_at")
    ) AS "t1"
  ) AS "t3"
) AS "t5";

-- count of values
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t5"."period" AS "period",
    "t5"."value" AS "value"
  FROM (
    SELECT
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      CAST(countIf("t2"."customer", NOT (
        "t2"."status" IN ('void')
      )) AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
        AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
    ) AS "t2"
    GROUP BY
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t5"
) AS "t6"
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    CAST(NULL AS Nullable(DATE)) AS "period",
    "t3"."value" AS "value"
  FROM (
    SELECT
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        isNull("t0"."ordered_at")
    ) AS "t1"
  ) AS "t3"
) AS "t4";

-- count_distinct
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t4"."period" AS "period",
    "t4"."value" AS "value"
  FROM (
    SELECT
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      CAST(uniq("t2"."customer") AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        "t0"."ordered_at" < CAST(toDate('2026-10-05') AS Nullable(DateTime))
        AND "t0"."ordered_at" >= CAST(toDate('2026-01-05') AS Nullable(DateTime))
    ) AS "t2"
    GROUP BY
      dateTrunc('MONTH', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t4"
) AS "t6"
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    CAST(NULL AS Nullable(DATE)) AS "period",
    "t3"."value" AS "value"
  FROM (
    SELECT
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM (
      SELECT
        *
      FROM "orders" AS "t0"
      WHERE
        isNull("t0"."ordered_at")
    ) AS "t1"
  ) AS "t3"
) AS "t5";

-- ratio of segments, filtered
WITH "t2" AS (
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
    *
  FROM (
    SELECT
      'all' AS "segment",
      "t7"."period" AS "period",
      "t7"."value" AS "value"
    FROM (
      SELECT
        dateTrunc('WEEK', CAST("t3"."ordered_at" AS Nullable(DATE))) AS "period",
        CASE
          WHEN countIf("t3"."status" = 'paid') = 0
          THEN 0.0
          ELSE CAST(sumIf("t3"."amount", "t3"."status" = 'paid') AS Nullable(Float64))
        END / nullIf(CAST(SUM("t3"."amount") AS Nullable(Float64)), 0.0) AS "value"
      FROM "t2" AS "t3"
      GROUP BY
        dateTrunc('WEEK', CAST("t3"."ordered_at" AS Nullable(DATE)))
    ) AS "t7"
  ) AS "t9"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      'all' AS "segment",
      CAST(NULL AS Nullable(DATE)) AS "period",
      "t4"."value" AS "value"
    FROM (
      SELECT
        CAST(COUNT(*) AS Nullable(Float64)) AS "value"
      FROM (
        SELECT
          *
        FROM "orders" AS "t0"
        WHERE
          "t0"."country" IN ('SE', 'it''s') AND isNull("t0"."ordered_at")
      ) AS "t1"
    ) AS "t4"
  ) AS "t5"
) AS "t10"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      CONCAT(
        CONCAT(COALESCE(nullIf("t3"."country", ''), '(none)'), ' / '),
        COALESCE(nullIf("t3"."channel", ''), '(none)')
      ) AS "segment",
      dateTrunc('WEEK', CAST("t3"."ordered_at" AS Nullable(DATE))) AS "period",
      CASE
        WHEN countIf("t3"."status" = 'paid') = 0
        THEN 0.0
        ELSE CAST(sumIf("t3"."amount", "t3"."status" = 'paid') AS Nullable(Float64))
      END / nullIf(CAST(SUM("t3"."amount") AS Nullable(Float64)), 0.0) AS "value"
    FROM "t2" AS "t3"
    GROUP BY
      CONCAT(
        CONCAT(COALESCE(nullIf("t3"."country", ''), '(none)'), ' / '),
        COALESCE(nullIf("t3"."channel", ''), '(none)')
      ),
      dateTrunc('WEEK', CAST("t3"."ordered_at" AS Nullable(DATE)))
  ) AS "t6"
) AS "t8";

-- every filter
WITH "t2" AS (
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
    *
  FROM (
    SELECT
      'all' AS "segment",
      "t6"."period" AS "period",
      "t6"."value" AS "value"
    FROM (
      SELECT
        dateTrunc('MONTH', CAST("t3"."ordered_at" AS Nullable(DATE))) AS "period",
        CAST(COUNT(*) AS Nullable(Float64)) AS "value"
      FROM "t2" AS "t3"
      GROUP BY
        dateTrunc('MONTH', CAST("t3"."ordered_at" AS Nullable(DATE)))
    ) AS "t6"
  ) AS "t8"
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      'all' AS "segment",
      CAST(NULL AS Nullable(DATE)) AS "period",
      "t4"."value" AS "value"
    FROM (
      SELECT
        CAST(COUNT(*) AS Nullable(Float64)) AS "value"
      FROM (
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
          AND isNull("t0"."ordered_at")
      ) AS "t1"
    ) AS "t4"
  ) AS "t5"
) AS "t9"
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      COALESCE(nullIf(CAST("t3"."pieces" AS Nullable(String)), ''), '(none)') AS "segment",
      dateTrunc('MONTH', CAST("t3"."ordered_at" AS Nullable(DATE))) AS "period",
      CAST(COUNT(*) AS Nullable(Float64)) AS "value"
    FROM "t2" AS "t3"
    GROUP BY
      COALESCE(nullIf(CAST("t3"."pieces" AS Nullable(String)), ''), '(none)'),
      dateTrunc('MONTH', CAST("t3"."ordered_at" AS Nullable(DATE)))
  ) AS "t7"
) AS "t10";
