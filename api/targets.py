"""Where webhooks may be sent: never to a place that only the judge's own network reaches.

A URL is written by whoever has a key, and the request is sent from inside. So every address that its host resolves to
must be public: not private, loopback, link-local, shared, multicast or reserved, nor an IPv6 form of such an IPv4
address. `addresses` is asked before each delivery, and the delivery then connects to what was checked and to nothing
else (posting.py): a name that resolves elsewhere a moment later leads nowhere.

Not promised: that a public address is somebody else's. What your own machines offer to the world, webhooks reach too.
"""

import re
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_URL = 2000
PORTS = {"https": 443, "http": 80}
_OTHER_PORTS = (8443,)
_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")  # as the last label it makes the host an old spelling of an address
# What Python, in one version or another, counts as global though it is not: special protocols, relays, documentation,
# the host of a virtual machine.
_SPECIAL: tuple[Network, ...] = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("168.63.129.16/32"),
    IPv6Network("2001::/23"),
    IPv6Network("3fff::/20"),
)
_NAT64, _COMPATIBLE, _UNICAST = IPv6Network("64:ff9b::/96"), IPv6Network("::/96"), IPv6Network("2000::/3")


class BadTarget(Exception):
    """Raised when nothing may be sent there; says in a few words why, and never which address a name has."""


class Unresolved(BadTarget):
    """Raised when a name leads to no address. It may tomorrow."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in its parts. `path` is with the query; `authority` is what the header Host says."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


class Targets:
    """`allow`: networks that may be reached though they are not public, on any port. `insecure`: without TLS too."""

    def __init__(self, allow: Sequence[Network] = (), insecure: bool = False) -> None:
        self._allow, self._schemes = allow, ("https", "http") if insecure else ("https",)

    def parse(self, url: str) -> Target:
        """Raises BadTarget for what is no URL of ours."""
        if len(url) > MAX_URL or not re.fullmatch(r"[!-~]+", url) or re.search(r"[\\\"<>^`{|}]", url):
            raise BadTarget(f"it must be a URL of at most {MAX_URL} printable ASCII characters")
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise BadTarget("it is no URL") from None
        if parts.scheme not in self._schemes:
            raise BadTarget(f"it must begin with {' or '.join(f'{scheme}://' for scheme in self._schemes)}")
        if parts.username is not None or parts.password is not None:
            raise BadTarget("it must hold no user and no password")
        if parts.fragment:
            raise BadTarget("it must have no fragment")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(parts.scheme, _host(parts), PORTS[parts.scheme] if port is None else port, path)

    def addresses(self, target: Target) -> list[str]:
        """Every address of the host, each of them fit to be connected to. Raises BadTarget when one is not."""
        found = dict.fromkeys(_resolved(target))
        for text in found:
            self._check(text, target.port)
        return list(found)

    def _check(self, text: str, port: int) -> None:
        forms = list(_forms(ip_address(text)))
        if any(form in network for form in forms for network in self._allow):
            return
        if not all(_is_public(form) for form in forms):
            raise BadTarget("its host is not at a public address")
        if port not in (*PORTS.values(), *_OTHER_PORTS):
            raise BadTarget(f"port {port} is not allowed")


def _host(parts: SplitResult) -> str:
    """The host, if it is a name or an address in its usual spelling."""
    host = parts.hostname or ""
    if "%" in host:
        raise BadTarget("its host is neither a name nor an address")
    try:
        return str(ip_address(host))
    except ValueError:
        if not _NAME.fullmatch(host) or len(host) > 253:
            raise BadTarget("its host is neither a name nor an address") from None
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            raise BadTarget("its host is an address in an unusual spelling") from None
        return host


def _resolved(target: Target) -> list[str]:
    try:
        found = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unresolved("its host has no address") from None
    return [str(place[0]) for _family, _kind, _protocol, _name, place in found]


def _forms(address: Address) -> Iterator[Address]:
    """The address, and the IPv4 address that it stands for, if any."""
    yield address
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is None and any(address in network for network in (_NAT64, _COMPATIBLE)):
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            yield inner
        if address.teredo:
            yield from address.teredo


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped or address in _NAT64:
            return True  # if its IPv4 form is, which is looked at too
        if address not in _UNICAST:
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL)
