"""A target with a fault, which only who is guided by coverage finds: a test sees that the fuzzer is."""


def planted(data: bytes) -> None:
    """Falls at one of 16 million beginnings."""
    if data[:1] != b"j":
        return
    if data[1:2] != b"u":
        return
    if data[2:3] == b"d":
        raise AssertionError("planted")
