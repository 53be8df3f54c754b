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
        COALESCE(CAST(SUM(IF(`t2`.`status` = 'paid', `t2`.`amount`, NULL)) AS FLOAT64), 0.0),
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
        CONCAT(COALESCE(`t2`.`country`, '(none)'), ' / '),
        COALESCE(`t2`.`channel`, '(none)')
      ) AS `segment`,
      DATE_TRUNC(CAST(`t2`.`ordered_at` AS DATE), WEEK(MONDAY)) AS `period`,
      ieee_divide(
        COALESCE(CAST(SUM(IF(`t2`.`status` = 'paid', `t2`.`amount`, NULL)) AS FLOAT64), 0.0),
        NULLIF(CAST(SUM(`t2`.`amount`) AS FLOAT64), 0.0)
      ) AS `value`
    FROM `t1` AS `t2`
    GROUP BY
      1,
      2
  ) AS `t4`
) AS `t6`
