WITH starts AS (
    SELECT bidder, date_time, coalesce(date_time - lag(date_time) OVER w >= INTERVAL 10 SECOND, true) AS first
    FROM bid WINDOW w AS (PARTITION BY bidder ORDER BY date_time)),
sessions AS (
    SELECT bidder, date_time, sum(first::INT) OVER (PARTITION BY bidder ORDER BY date_time) AS number FROM starts)
SELECT bidder, min(date_time) AS window_start, max(date_time) + INTERVAL 10 SECOND AS window_end, count(*) AS bids
FROM sessions GROUP BY bidder, number
