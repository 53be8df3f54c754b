WITH "t1" AS (
  SELECT
    *
  FROM "orders" AS "t0"
  WHERE
    "t0"."country" IN ('SE', 'it''s')
    AND "t0"."ordered_at" < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
    AND "t0"."ordered_at" >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
)
SELECT
  *
FROM (
  SELECT
    'all' AS "segment",
    "t3"."period",
    "t3"."value"
  FROM (
    SELECT
      DATE_TRUNC('WEEK', CAST("t2"."ordered_at" AS DATE)) AS "period",
      COALESCE(CAST(SUM("t2"."amount") FILTER(WHERE
        "t2"."status" = 'paid') AS DOUBLE), 0.0) / NULLIF(CAST(SUM("t2"."amount") AS DOUBLE), 0.0) AS "value"
    FROM "t1" AS "t2"
    GROUP BY
      1
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
      COALESCE("t2"."country", '(none)') || ' / ' || COALESCE("t2"."channel", '(none)') AS "segment",
      DATE_TRUNC('WEEK', CAST("t2"."ordered_at" AS DATE)) AS "period",
      COALESCE(CAST(SUM("t2"."amount") FILTER(WHERE
        "t2"."status" = 'paid') AS DOUBLE), 0.0) / NULLIF(CAST(SUM("t2"."amount") AS DOUBLE), 0.0) AS "value"
    FROM "t1" AS "t2"
    GROUP BY
      1,
      2
  ) AS "t4"
) AS "t6"
