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
      COALESCE(CAST(sumIf("t2"."amount", "t2"."status" = 'paid') AS Nullable(Float64)), 0.0) / nullIf(CAST(SUM("t2"."amount") AS Nullable(Float64)), 0.0) AS "value"
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
        CONCAT(COALESCE("t2"."country", '(none)'), ' / '),
        COALESCE("t2"."channel", '(none)')
      ) AS "segment",
      dateTrunc('WEEK', CAST("t2"."ordered_at" AS Nullable(DATE))) AS "period",
      COALESCE(CAST(sumIf("t2"."amount", "t2"."status" = 'paid') AS Nullable(Float64)), 0.0) / nullIf(CAST(SUM("t2"."amount") AS Nullable(Float64)), 0.0) AS "value"
    FROM "t1" AS "t2"
    GROUP BY
      CONCAT(
        CONCAT(COALESCE("t2"."country", '(none)'), ' / '),
        COALESCE("t2"."channel", '(none)')
      ),
      dateTrunc('WEEK', CAST("t2"."ordered_at" AS Nullable(DATE)))
  ) AS "t4"
) AS "t6"
