"""SensorGen: a stream of events with answers in closed form. Event i needs no other event."""

import collections
import datetime

_T0 = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)


def device(i):
    return f"sensor{i * 7919 % 1000:03d}"


def tenths(i):
    """The temperature of event i in tenths of a degree: 0 to 399."""
    return (i // 1000 * 37 + i % 1000 * 11) % 400


def event(i):
    moment = _T0 + datetime.timedelta(milliseconds=i // 40)
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
    t = tenths(i)
    return f'{{"device_id":"{device(i)}","temp":{t // 10}.{t % 10},"timestamp":"{stamp}"}}'


def hot(begin, end, limit_tenths=200):
    """How often each (device, temperature) above the limit occurs in events begin to end-1."""
    return collections.Counter(
        (device(i), tenths(i) / 10) for i in range(begin, end) if tenths(i) > limit_tenths
    )
