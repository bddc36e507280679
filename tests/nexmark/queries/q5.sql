WITH counts AS (
    SELECT auction, count(*) AS bids, time_bucket(INTERVAL 2 SECOND, date_time) + INTERVAL 2 SECOND + step * INTERVAL 2 SECOND AS ends
    FROM bid, range(0, 5) AS steps(step) GROUP BY auction, ends)
SELECT auction, bids, ends FROM counts QUALIFY bids = max(bids) OVER (PARTITION BY ends)
