-- sum
SELECT
  'all' AS `segment`,
  `t2`.`period`,
  `t2`.`value`
FROM (
  SELECT
    DATE_TRUNC('day', CAST(`t1`.`ordered_at` AS DATE)) AS `period`,
    CAST(SUM(`t1`.`amount`) AS DOUBLE) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
      AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
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
    DATE_TRUNC('week', CAST(`t1`.`ordered_at` AS DATE)) AS `period`,
    IF(
      SUM(CAST(`t1`.`paid` = TRUE AS BIGINT)) = 0,
      0.0,
      CAST(SUM(IF(`t1`.`paid` = TRUE, `t1`.`amount`, NULL)) AS DOUBLE)
    ) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
      AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
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
    DATE_TRUNC('month', CAST(`t1`.`ordered_at` AS DATE)) AS `period`,
    AVG(CAST(`t1`.`amount` AS DOUBLE)) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
      AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
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
    DATE_TRUNC('quarter', CAST(`t1`.`ordered_at` AS DATE)) AS `period`,
    MIN(`t1`.`minutes`) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
      AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
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
    DATE_TRUNC('month', CAST(`t1`.`ordered_at` AS DATE)) AS `period`,
    CAST(MAX(`t1`.`pieces`) AS DOUBLE) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
      AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
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
    DATE_TRUNC('month', CAST(`t1`.`ordered_at` AS DATE)) AS `period`,
    CAST(COUNT(*) AS DOUBLE) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
      AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
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
    DATE_TRUNC('month', CAST(`t1`.`ordered_at` AS DATE)) AS `period`,
    CAST(COUNT(IF(NOT (
      `t1`.`status` IN ('void')
    ), `t1`.`customer`, NULL)) AS DOUBLE) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
      AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
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
    DATE_TRUNC('month', CAST(`t1`.`ordered_at` AS DATE)) AS `period`,
    CAST(COUNT(DISTINCT `t1`.`customer`) AS DOUBLE) AS `value`
  FROM (
    SELECT
      *
    FROM `orders` AS `t0`
    WHERE
      `t0`.`ordered_at` < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
      AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
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
    AND `t0`.`ordered_at` < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
    AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
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
      DATE_TRUNC('week', CAST(`t2`.`ordered_at` AS DATE)) AS `period`,
      IF(
        SUM(CAST(`t2`.`status` = 'paid' AS BIGINT)) = 0,
        0.0,
        CAST(SUM(IF(`t2`.`status` = 'paid', `t2`.`amount`, NULL)) AS DOUBLE)
      ) / NULLIF(CAST(SUM(`t2`.`amount`) AS DOUBLE), 0.0) AS `value`
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
      DATE_TRUNC('week', CAST(`t2`.`ordered_at` AS DATE)) AS `period`,
      IF(
        SUM(CAST(`t2`.`status` = 'paid' AS BIGINT)) = 0,
        0.0,
        CAST(SUM(IF(`t2`.`status` = 'paid', `t2`.`amount`, NULL)) AS DOUBLE)
      ) / NULLIF(CAST(SUM(`t2`.`amount`) AS DOUBLE), 0.0) AS `value`
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
    AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 2, 1) AS TIMESTAMP)
    AND `t0`.`customer` IS NOT NULL
    AND `t0`.`country` IS NULL
    AND `t0`.`ordered_at` < CAST(MAKE_DATE(2026, 10, 5) AS TIMESTAMP)
    AND `t0`.`ordered_at` >= CAST(MAKE_DATE(2026, 1, 5) AS TIMESTAMP)
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
      DATE_TRUNC('month', CAST(`t2`.`ordered_at` AS DATE)) AS `period`,
      CAST(COUNT(*) AS DOUBLE) AS `value`
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
      DATE_TRUNC('month', CAST(`t2`.`ordered_at` AS DATE)) AS `period`,
      CAST(COUNT(*) AS DOUBLE) AS `value`
    FROM `t1` AS `t2`
    GROUP BY
      1,
      2
  ) AS `t4`
) AS `t6`;
