-- sum
SELECT
  'all' AS `segment`,
  `t2`.`period`,
  `t2`.`value`
FROM (
  SELECT
    DATE_TRUNC(CAST(`t1`.`ordered_at` AS DATE), DAY) AS `period`,
    CAST(SUM(`t1`.`amount`) AS FLOAT64) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
      AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`;

-- sum of some
SELECT
  'all' AS `segment`,
  `t2`.`period`,
  `t2`.`value`
FROM (
  SELECT
    DATE_TRUNC(CAST(`t1`.`ordered_at` AS DATE), WEEK(MONDAY)) AS `period`,
    IF(
      COUNTIF(`t1`.`paid` = TRUE) = 0,
      0.0,
      CAST(SUM(IF(`t1`.`paid` = TRUE, `t1`.`amount`, NULL)) AS FLOAT64)
    ) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
      AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`;

-- mean
SELECT
  'all' AS `segment`,
  `t2`.`period`,
  `t2`.`value`
FROM (
  SELECT
    DATE_TRUNC(CAST(`t1`.`ordered_at` AS DATE), MONTH) AS `period`,
    AVG(CAST(`t1`.`amount` AS FLOAT64)) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
      AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`;

-- min
SELECT
  'all' AS `segment`,
  `t2`.`period`,
  `t2`.`value`
FROM (
  SELECT
    DATE_TRUNC(CAST(`t1`.`ordered_at` AS DATE), QUARTER) AS `period`,
    MIN(`t1`.`minutes`) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
      AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`;

-- max
SELECT
  'all' AS `segment`,
  `t2`.`period`,
  `t2`.`value`
FROM (
  SELECT
    DATE_TRUNC(CAST(`t1`.`ordered_at` AS DATE), MONTH) AS `period`,
    CAST(MAX(`t1`.`pieces`) AS FLOAT64) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
      AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`;

-- count of rows
SELECT
  'all' AS `segment`,
  `t2`.`period`,
  `t2`.`value`
FROM (
  SELECT
    DATE_TRUNC(CAST(`t1`.`ordered_at` AS DATE), MONTH) AS `period`,
    CAST(COUNT(*) AS FLOAT64) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
      AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`;

-- count of values
SELECT
  'all' AS `segment`,
  `t2`.`period`,
  `t2`.`value`
FROM (
  SELECT
    DATE_TRUNC(CAST(`t1`.`ordered_at` AS DATE), MONTH) AS `period`,
    CAST(COUNT(IF(NOT (
      `t1`.`status` IN ('void')
    ), `t1`.`customer`, NULL)) AS FLOAT64) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
      AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`;

-- count_distinct
SELECT
  'all' AS `segment`,
  `t2`.`period`,
  `t2`.`value`
FROM (
  SELECT
    DATE_TRUNC(CAST(`t1`.`ordered_at` AS DATE), MONTH) AS `period`,
    CAST(COUNT(DISTINCT `t1`.`customer`) AS FLOAT64) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
      AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
  ) AS `t1`
  GROUP BY
    1
) AS `t2`;

-- ratio of segments, filtered
WITH `t1` AS (
  SELECT
    *
  FROM `orders` AS `t0`
  WHERE
    `t0`.`country` IN ('SE', 'it\'s')
    AND `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
    AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
)
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    `t3`.`period`,
    `t3`.`value`
  FROM (
    SELECT
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), WEEK(MONDAY)) AS `period`,
      ieee_divide(
        IF(
          COUNTIF(`t2`.`status` = 'paid') = 0,
          0.0,
          CAST(SUM(IF(`t2`.`status` = 'paid', `t2`.`amount`, NULL)) AS FLOAT64)
        ),
        NULLIF(CAST(SUM(`t2`.`amount`) AS FLOAT64), 0.0)
      ) AS `value`
    FROM `t1` AS `t2`
    GROUP BY
      1
  ) AS `t3`
) AS `t5`
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      CONCAT(
        CONCAT(COALESCE(NULLIF(`t2`.`country`, ''), '(none)'), ' / '),
        COALESCE(NULLIF(`t2`.`channel`, ''), '(none)')
      ) AS `segment`,
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), WEEK(MONDAY)) AS `period`,
      ieee_divide(
        IF(
          COUNTIF(`t2`.`status` = 'paid') = 0,
          0.0,
          CAST(SUM(IF(`t2`.`status` = 'paid', `t2`.`amount`, NULL)) AS FLOAT64)
        ),
        NULLIF(CAST(SUM(`t2`.`amount`) AS FLOAT64), 0.0)
      ) AS `value`
    FROM `t1` AS `t2`
    GROUP BY
      1,
      2
  ) AS `t4`
) AS `t6`;

-- every filter
WITH `t1` AS (
  SELECT
    *
  FROM `orders` AS `t0`
  WHERE
    `t0`.`status` = 'paid'
    AND `t0`.`pieces` IN (1, 2)
    AND NOT (
      `t0`.`channel` IN ('web', '\\')
    )
    AND `t0`.`amount` >= 0.5
    AND `t0`.`minutes` < 90
    AND `t0`.`ordered_at` >= CAST(DATE(2026, 2, 1) AS DATETIME)
    AND `t0`.`customer` IS NOT NULL
    AND `t0`.`country` IS NULL
    AND `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
    AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
)
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    `t3`.`period`,
    `t3`.`value`
  FROM (
    SELECT
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), MONTH) AS `period`,
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM `t1` AS `t2`
    GROUP BY
      1
  ) AS `t3`
) AS `t5`
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      COALESCE(NULLIF(CAST(`t2`.`pieces` AS STRING), ''), '(none)') AS `segment`,
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), MONTH) AS `period`,
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM `t1` AS `t2`
    GROUP BY
      1,
      2
  ) AS `t4`
) AS `t6`;
