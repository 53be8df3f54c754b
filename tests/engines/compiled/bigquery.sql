-- sum
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    `t4`.`period`,
    `t4`.`value`
  FROM (
    SELECT
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), DAY) AS `period`,
      CAST(SUM(`t2`.`amount`) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
        AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
    ) AS `t2`
    GROUP BY
      1
  ) AS `t4`
) AS `t6`
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    CAST(NULL AS DATE) AS `period`,
    `t3`.`value`
  FROM (
    SELECT
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` IS NULL
    ) AS `t1`
  ) AS `t3`
) AS `t5`;

-- sum of some
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    `t5`.`period`,
    `t5`.`value`
  FROM (
    SELECT
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), WEEK(MONDAY)) AS `period`,
      IF(
        COUNTIF(`t2`.`paid` = TRUE) = 0,
        0.0,
        CAST(SUM(IF(`t2`.`paid` = TRUE, `t2`.`amount`, NULL)) AS FLOAT64)
      ) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
        AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
    ) AS `t2`
    GROUP BY
      1
  ) AS `t5`
) AS `t6`
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    CAST(NULL AS DATE) AS `period`,
    `t3`.`value`
  FROM (
    SELECT
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` IS NULL
    ) AS `t1`
  ) AS `t3`
) AS `t4`;

-- mean
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    `t4`.`period`,
    `t4`.`value`
  FROM (
    SELECT
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), MONTH) AS `period`,
      AVG(CAST(`t2`.`amount` AS FLOAT64)) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
        AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
    ) AS `t2`
    GROUP BY
      1
  ) AS `t4`
) AS `t6`
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    CAST(NULL AS DATE) AS `period`,
    `t3`.`value`
  FROM (
    SELECT
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` IS NULL
    ) AS `t1`
  ) AS `t3`
) AS `t5`;

-- min
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    `t4`.`period`,
    `t4`.`value`
  FROM (
    SELECT
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), QUARTER) AS `period`,
      MIN(`t2`.`minutes`) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
        AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
    ) AS `t2`
    GROUP BY
      1
  ) AS `t4`
) AS `t6`
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    CAST(NULL AS DATE) AS `period`,
    `t3`.`value`
  FROM (
    SELECT
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` IS NULL
    ) AS `t1`
  ) AS `t3`
) AS `t5`;

-- max
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    `t4`.`period`,
    `t4`.`value`
  FROM (
    SELECT
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), MONTH) AS `period`,
      CAST(MAX(`t2`.`pieces`) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
        AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
    ) AS `t2`
    GROUP BY
      1
  ) AS `t4`
) AS `t6`
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    CAST(NULL AS DATE) AS `period`,
    `t3`.`value`
  FROM (
    SELECT
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` IS NULL
    ) AS `t1`
  ) AS `t3`
) AS `t5`;

-- count of rows
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    `t4`.`period`,
    `t4`.`value`
  FROM (
    SELECT
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), MONTH) AS `period`,
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
        AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
    ) AS `t2`
    GROUP BY
      1
  ) AS `t4`
) AS `t6`
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    CAST(NULL AS DATE) AS `period`,
    `t3`.`value`
  FROM (
    SELECT
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` IS NULL
    ) AS `t1`
  ) AS `t3`
) AS `t5`;

-- count of values
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    `t5`.`period`,
    `t5`.`value`
  FROM (
    SELECT
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), MONTH) AS `period`,
      CAST(COUNT(IF(NOT (
        `t2`.`status` IN ('void')
      ), `t2`.`customer`, NULL)) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
        AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
    ) AS `t2`
    GROUP BY
      1
  ) AS `t5`
) AS `t6`
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    CAST(NULL AS DATE) AS `period`,
    `t3`.`value`
  FROM (
    SELECT
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` IS NULL
    ) AS `t1`
  ) AS `t3`
) AS `t4`;

-- count_distinct
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    `t4`.`period`,
    `t4`.`value`
  FROM (
    SELECT
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), MONTH) AS `period`,
      CAST(COUNT(DISTINCT `t2`.`customer`) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` < CAST(DATE(2026, 10, 5) AS DATETIME)
        AND `t0`.`ordered_at` >= CAST(DATE(2026, 1, 5) AS DATETIME)
    ) AS `t2`
    GROUP BY
      1
  ) AS `t4`
) AS `t6`
UNION ALL
SELECT
  *
FROM (
  SELECT
    'all' AS `segment`,
    CAST(NULL AS DATE) AS `period`,
    `t3`.`value`
  FROM (
    SELECT
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM (
      SELECT
        *
      FROM `orders` AS `t0`
      WHERE
        `t0`.`ordered_at` IS NULL
    ) AS `t1`
  ) AS `t3`
) AS `t5`;

-- ratio of segments, filtered
WITH `t2` AS (
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
    *
  FROM (
    SELECT
      'all' AS `segment`,
      `t7`.`period`,
      `t7`.`value`
    FROM (
      SELECT
        DATE_TRUNC(CAST(`t3`.`ordered_at` AS DATE), WEEK(MONDAY)) AS `period`,
        ieee_divide(
          IF(
            COUNTIF(`t3`.`status` = 'paid') = 0,
            0.0,
            CAST(SUM(IF(`t3`.`status` = 'paid', `t3`.`amount`, NULL)) AS FLOAT64)
          ),
          NULLIF(CAST(SUM(`t3`.`amount`) AS FLOAT64), 0.0)
        ) AS `value`
      FROM `t2` AS `t3`
      GROUP BY
        1
    ) AS `t7`
  ) AS `t9`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      'all' AS `segment`,
      CAST(NULL AS DATE) AS `period`,
      `t4`.`value`
    FROM (
      SELECT
        CAST(COUNT(*) AS FLOAT64) AS `value`
      FROM (
        SELECT
          *
        FROM `orders` AS `t0`
        WHERE
          `t0`.`country` IN ('SE', 'it\'s') AND `t0`.`ordered_at` IS NULL
      ) AS `t1`
    ) AS `t4`
  ) AS `t5`
) AS `t10`
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      CONCAT(
        CONCAT(COALESCE(NULLIF(`t3`.`country`, ''), '(none)'), ' / '),
        COALESCE(NULLIF(`t3`.`channel`, ''), '(none)')
      ) AS `segment`,
      DATE_TRUNC(CAST(`t3`.`ordered_at` AS DATE), WEEK(MONDAY)) AS `period`,
      ieee_divide(
        IF(
          COUNTIF(`t3`.`status` = 'paid') = 0,
          0.0,
          CAST(SUM(IF(`t3`.`status` = 'paid', `t3`.`amount`, NULL)) AS FLOAT64)
        ),
        NULLIF(CAST(SUM(`t3`.`amount`) AS FLOAT64), 0.0)
      ) AS `value`
    FROM `t2` AS `t3`
    GROUP BY
      1,
      2
  ) AS `t6`
) AS `t8`;

-- every filter
WITH `t2` AS (
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
    *
  FROM (
    SELECT
      'all' AS `segment`,
      `t6`.`period`,
      `t6`.`value`
    FROM (
      SELECT
        DATE_TRUNC(CAST(`t3`.`ordered_at` AS DATE), MONTH) AS `period`,
        CAST(COUNT(*) AS FLOAT64) AS `value`
      FROM `t2` AS `t3`
      GROUP BY
        1
    ) AS `t6`
  ) AS `t8`
  UNION ALL
  SELECT
    *
  FROM (
    SELECT
      'all' AS `segment`,
      CAST(NULL AS DATE) AS `period`,
      `t4`.`value`
    FROM (
      SELECT
        CAST(COUNT(*) AS FLOAT64) AS `value`
      FROM (
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
          AND `t0`.`ordered_at` IS NULL
      ) AS `t1`
    ) AS `t4`
  ) AS `t5`
) AS `t9`
UNION ALL
SELECT
  *
FROM (
  SELECT
    *
  FROM (
    SELECT
      COALESCE(NULLIF(CAST(`t3`.`pieces` AS STRING), ''), '(none)') AS `segment`,
      DATE_TRUNC(CAST(`t3`.`ordered_at` AS DATE), MONTH) AS `period`,
      CAST(COUNT(*) AS FLOAT64) AS `value`
    FROM `t2` AS `t3`
    GROUP BY
      1,
      2
  ) AS `t7`
) AS `t10`;
