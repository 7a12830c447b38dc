"""A package as it is sent, to workers (internal.py) and to authors (records.py)."""

from flask import Response

from api.errors import ApiError, Kind
from api.services import services


def package_tar(package: str) -> Response:
    """An uncompressed tar of the package with this hash: one that is offered, or once was. Raises ApiError, a 404."""
    held = services()
    tar = held.catalogue.tars.get(package) or held.store.packages.get(package)
    if tar is None:
        raise ApiError(Kind.UNKNOWN_PACKAGE, "No problem has or had a package with this hash.")
    return Response(tar, mimetype="application/x-tar")
