"""TLS for a server on this machine: a certificate authority made for it, whose key is never written down."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from emulator.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["server_tls"]


def server_tls(host: str, ca_file: Path) -> ssl.SSLContext:
    """
    Return a context for a server at *host*, and write the certificate of its authority to *ca_file*.

    Raises:
        UsageError: the extra ``tls`` is not installed, or the file can't be written.
    """
    try:
        import trustme
    except ImportError:
        raise UsageError(
            "TLS needs the package trustme", where="--tls", hint="pip install 'okta-hook-emulator[tls]'"
        ) from None
    authority = trustme.CA(organization_name="okta-hook-emulator")
    names = dict.fromkeys([host, "localhost", "127.0.0.1", "::1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert(*names).configure_cert(context)
    try:
        authority.cert_pem.write_to_path(str(ca_file))
    except OSError as error:
        raise UsageError(
            f"can't write {str(ca_file)!r}: {(error.strerror or 'unknown reason').lower()}",
            where="--ca-file",
            hint="name a file in a folder that can be written to",
        ) from None
    return context
