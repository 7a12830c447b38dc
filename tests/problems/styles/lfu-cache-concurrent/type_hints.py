from collections import OrderedDict, defaultdict
from dataclasses import dataclass
from threading import Lock


def locked(method):
    def wrapper(self, *args):
        with self._lock:
            return method(self, *args)

    return wrapper


@dataclass
class Entry:
    value: int
    uses: int = 1


class LFUCache:
    def __init__(self, capacity: int) -> None:
        self._capacity: int = capacity
        self._entries: dict[int, Entry] = {}
        self._by_uses: defaultdict[int, "OrderedDict[int, None]"] = defaultdict(OrderedDict)
        self._least: int = 0
        self._lock: Lock = Lock()

    @locked
    def get(self, key: int) -> int:
        entry = self._entries.get(key)
        if entry is None:
            return -1
        self._use(key, entry)
        return entry.value

    @locked
    def put(self, key: int, value: int) -> None:
        if self._capacity <= 0:
            return
        if (entry := self._entries.get(key)) is not None:
            entry.value = value
            self._use(key, entry)
            return
        if len(self._entries) >= self._capacity:
            evicted, _ = self._by_uses[self._least].popitem(last=False)
            del self._entries[evicted]
        self._entries[key] = Entry(value)
        self._by_uses[1][key] = None
        self._least = 1

    def _use(self, key: int, entry: Entry) -> None:
        del self._by_uses[entry.uses][key]
        if not self._by_uses[self._least]:
            self._least += 1
        entry.uses += 1
        self._by_uses[entry.uses][key] = None
