"""Where webhooks may be sent: nowhere that only the judge's own network reaches, however it is spelt."""

import socket
from ipaddress import ip_network
from typing import Any

import pytest

from api.targets import BadTarget, Target, Targets, Unresolved

PUBLIC = "93.184.216.34"


def leads_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name, from now on."""

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr("api.targets.socket.getaddrinfo", resolve)


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "authority"),
    [
        ("https://example.com", "example.com", 443, "/", "example.com"),
        ("https://Example.com:443/a?b=c", "example.com", 443, "/a?b=c", "example.com"),
        ("https://example.com:8443/", "example.com", 8443, "/", "example.com:8443"),
        ("https://[2606:2800::1]/x", "2606:2800::1", 443, "/x", "[2606:2800::1]"),
        ("https://xn--bcher-kva.example/", "xn--bcher-kva.example", 443, "/", "xn--bcher-kva.example"),
    ],
)
def test_a_url_is_taken_apart(url: str, host: str, port: int, path: str, authority: str) -> None:
    target = Targets().parse(url)
    assert target == Target("https", host, port, path)
    assert target.authority == authority


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://example.com/", "must begin with https://"),
        ("ftp://example.com/", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("example.com", "must begin with https://"),
        ("https://", "neither a name nor an address"),
        ("https:///path", "neither a name nor an address"),
        ("https://user@example.com/", "no user"),
        ("https://user:password@example.com/", "no user"),
        ("https://:@example.com/", "no user"),
        ("https://example.com/#here", "no fragment"),
        ("https://example.com:port/", "no URL"),
        ("https://example.com:99999/", "no URL"),
        ("https://[::1/", "no URL"),
        ("https://exa mple.com/", "printable ASCII"),
        ("https://example.com/\r\nHost: other", "printable ASCII"),
        ("https://example.com/\x00", "printable ASCII"),
        ("https://example.com\\@other.example/", "printable ASCII"),
        ("https://bücher.example/", "printable ASCII"),
        ("https://example.com/" + "x" * 2000, "at most 2000"),
        ("https://-example.com/", "neither a name"),
        ("https://example..com/", "neither a name"),
        ("https://%6c%6f%63%61%6c/", "neither a name"),
        ("https://[fe80::1%25eth0]/", "neither a name"),
        ("https://2130706433/", "unusual spelling"),
        ("https://0177.0.0.1/", "unusual spelling"),
        ("https://0x7f000001/", "unusual spelling"),
        ("https://0x7f.1/", "unusual spelling"),
        ("https://127.1/", "unusual spelling"),
        ("https://127.0.0.01/", "unusual spelling"),
        ("https://134744072/", "unusual spelling"),
    ],
)
def test_what_is_no_url_for_a_webhook_is_refused(url: str, said: str) -> None:
    with pytest.raises(BadTarget) as caught:
        Targets().parse(url)
    assert said in str(caught.value)


NOT_PUBLIC = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1",  # loopback, private
    "169.254.169.254", "169.254.0.1", "100.64.0.1", "100.100.100.200", "192.0.0.192", "168.63.129.16",  # metadata
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "198.18.0.1", "192.88.99.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1", "fd00:ec2::254", "ff02::1", "ff0e::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:7f00:1", "::127.0.0.1", "::10.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b::10.0.0.1", "64:ff9b:1::a00:1",
    "2002:7f00:1::1", "2002:a9fe:a9fe::1", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_what_is_not_public_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    targets = Targets()
    target = targets.parse("https://hooks.example/")
    leads_to(monkeypatch, address)
    with pytest.raises(BadTarget, match="not at a public address") as caught:
        targets.addresses(target)
    assert address not in str(caught.value)
    leads_to(monkeypatch, PUBLIC, address)
    with pytest.raises(BadTarget):
        targets.addresses(target)


@pytest.mark.parametrize("address", [one for one in NOT_PUBLIC if "%" not in one])
def test_so_it_is_when_the_address_is_in_the_url(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadTarget):
        Targets().addresses(Targets().parse(f"https://{host}/"))


@pytest.mark.parametrize("address", [PUBLIC, "2606:2800:220:1::1", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_public_is_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, address, address)
    assert Targets().addresses(Targets().parse("https://hooks.example/")) == [address]


@pytest.mark.parametrize("host", ["localhost", "localhost.localdomain"])
def test_this_machine_is_refused_by_its_real_names(host: str) -> None:
    with pytest.raises(BadTarget):
        Targets().addresses(Targets().parse(f"https://{host}/"))


def test_a_name_without_an_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch)
    with pytest.raises(Unresolved, match="has no address"):
        Targets().addresses(Targets().parse("https://hooks.example/"))


def test_odd_ports_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to(monkeypatch, PUBLIC)
    with pytest.raises(BadTarget, match="port 22"):
        Targets().addresses(Targets().parse("https://hooks.example:22/"))
    with pytest.raises(BadTarget, match="port 0"):
        Targets().addresses(Targets().parse("https://hooks.example:0/"))


def test_the_operator_may_allow_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    targets = Targets([ip_network("10.1.0.0/16"), ip_network("fd00::/8")], insecure=True)
    for address in ("10.1.2.3", "fd00::1", "::ffff:10.1.2.3"):
        leads_to(monkeypatch, address)
        assert targets.addresses(targets.parse("http://hooks.example:9000/")) == [address]
    for refused in (["10.2.0.1"], ["10.1.2.3", "10.2.0.1"], ["169.254.169.254"]):
        leads_to(monkeypatch, *refused)
        with pytest.raises(BadTarget):
            targets.addresses(targets.parse("http://hooks.example:9000/"))
