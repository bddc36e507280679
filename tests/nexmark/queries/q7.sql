SELECT time_bucket(INTERVAL 10 SECOND, date_time) AS window_start, time_bucket(INTERVAL 10 SECOND, date_time) + INTERVAL 10 SECOND AS window_end,
  max(price) AS price, count(*) AS bids FROM bid GROUP BY ALL
