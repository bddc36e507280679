"""A TCP proxy before a Kafka broker that loses chosen requests or their answers."""

import collections
import socket
import struct
import threading
import time

PRODUCE, FETCH, END_TXN = 0, 1, 26


class Proxy:
    """The broker has to advertise `address`, so that clients come here whatever they are told.

    lose() arranges that the next requests of a kind are lost on their way there (`request`) or that
    their answers are lost on the way back (`response`): the connection is cut in that moment, or
    with `cut=False` goes on as if nothing had been sent, until the client loses patience.

    silence() lets nothing through, in both directions, until it is called again: to the clients the
    connections look alive. cut() ends all connections; `delay` holds each message back, in seconds.
    """

    def __init__(self):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.broker = None  # "host:port", set before the first client comes
        self.seen = collections.Counter()  # requests that came, by kind
        self.lost = 0
        self.delay = 0.0
        self._open = threading.Event()
        self._open.set()
        self._lock = threading.Lock()
        self._orders = []  # [kind, which way, cut, how many times]
        self._sockets = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose(self, kind, way, times=1, cut=True):
        with self._lock:
            self._orders.append([kind, way, cut, times])

    def stop_losing(self):
        with self._lock:
            self._orders.clear()

    def silence(self, on):
        (self._open.clear if on else self._open.set)()

    def cut(self):
        with self._lock:
            sockets, self._sockets = self._sockets, set()
        for one in sockets:
            _end(one)

    def close(self):
        self._listener.close()
        self._open.set()
        self.cut()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            host, port = self.broker.split(":")
            try:
                server = socket.create_connection((host, int(port)), timeout=10)
            except OSError:
                client.close()
                continue
            server.settimeout(None)
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._sockets |= {client, server}
            kinds = {}  # of requests under way, by their number
            for source, target, way in ((client, server, "request"), (server, client, "response")):
                threading.Thread(target=self._carry, args=(source, target, way, kinds), daemon=True).start()

    def _carry(self, source, target, way, kinds):
        try:
            while True:
                head = _take(source, 4)
                body = _take(source, struct.unpack(">i", head)[0])
                if way == "request":
                    kind, number = struct.unpack(">hxxi", body[:8])
                    kinds[number] = kind
                    self.seen[kind] += 1
                else:
                    kind = kinds.pop(struct.unpack(">i", body[:4])[0], None)
                if self.delay:
                    time.sleep(self.delay)
                self._open.wait()
                order = self._order(kind, way)
                if order is None:
                    target.sendall(head + body)
                elif order[2]:
                    return
        except OSError:
            pass
        finally:
            for one in (source, target):
                _end(one)

    def _order(self, kind, way):
        with self._lock:
            for order in self._orders:
                if order[0] == kind and order[1] == way and order[3] > 0:
                    order[3] -= 1
                    self.lost += 1
                    return order
        return None


def _take(source, size):
    parts = []
    while size > 0:
        part = source.recv(min(size, 1 << 20))
        if not part:
            raise OSError("the connection ended")
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _end(one):
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
