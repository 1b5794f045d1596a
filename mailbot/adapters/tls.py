"""What IMAP and SMTP share: a TLS context that always verifies, and words for what may go wrong with a server."""

import re
import socket
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from mailbot.errors import PermanentError

Security = Literal["tls", "starttls", "none"]

_EXPIRED, _NOT_YET_VALID = 10, 9  # X509_V_ERR_CERT_HAS_EXPIRED and X509_V_ERR_CERT_NOT_YET_VALID of OpenSSL.
_WRONG_NAME = frozenset({62, 64})  # X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH.
_LONGEST_SAYING = 300
_BYTES = re.compile(r"""\bb(['"])(.*?)\1""")


class CertificateFileError(OSError):
    """The file with the certificates to trust is of no use; the text names it and says what to do."""

    def __init__(self, ca_file: str, error: OSError) -> None:
        what = "holds no certificate in PEM" if isinstance(error, ssl.SSLError) else f"cannot be read: {error.strerror}"
        super().__init__(
            f"the certificate file {ca_file or 'of the system'} {what}; put it back, or correct `ca_file` and reload"
            " (nothing was sent)"
        )


def client_context(ca_file: str = "") -> ssl.SSLContext:
    """A context that verifies certificate and host name, against the system's authorities or those of `ca_file`.

    Raises:
        CertificateFileError: `ca_file` cannot be read or holds no certificate.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise CertificateFileError(ca_file, error) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def require_readable(ca_file: str) -> None:
    """Refuses a certificate file that is not there, before anything is dialled.

    Raises:
        PermanentError: The file is missing.
    """
    if ca_file and not Path(ca_file).is_file():
        raise PermanentError(f"the certificate file {ca_file!r} does not exist or cannot be read; correct `ca_file`")


def printable(text: str) -> str:
    """What a server said, safe to log and to store: one line, no control characters, no lone surrogates, not long."""
    text = _BYTES.sub(r"\2", text[: 4 * _LONGEST_SAYING])  # The IMAP library gives bytes as Python writes them.
    words = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    return words if len(words) <= _LONGEST_SAYING else words[:_LONGEST_SAYING] + "..."


def explain_network(error: OSError, host: str, port: int) -> str:
    """What a failure of TLS or of the network means, and what to do about it."""
    if isinstance(error, CertificateFileError):
        return str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return _explain_certificate(error, host)
    if isinstance(error, ssl.SSLError):
        return (
            f"TLS failed ({printable(error.reason or str(error))}); "
            f'check that port {port} matches `security`: "tls" is for ports that begin with TLS, "starttls" for others'
        )
    if isinstance(error, TimeoutError):
        return "the server did not answer in time; check the network, and whether a firewall drops the connection"
    if isinstance(error, socket.gaierror):
        return f"the name {host!r} has no address; check `host` and the resolver of this machine"
    if isinstance(error, ConnectionRefusedError):
        return f"nothing listens on port {port}; check `host` and `port`, and whether the server runs"
    return f"the connection failed ({printable(str(error)) or type(error).__name__}); check the network and the server"


def _explain_certificate(error: ssl.SSLCertVerificationError, host: str) -> str:
    if error.verify_code == _EXPIRED:
        return "the server's certificate has expired; renew it on the server (nothing was sent)"
    if error.verify_code == _NOT_YET_VALID:
        return "the server's certificate is not valid yet; check the clock of this machine (nothing was sent)"
    if error.verify_code in _WRONG_NAME:
        return (
            f"the server's certificate is not for {host!r}; set `host` to a name in the certificate (nothing was sent)"
        )
    return (
        f"the server's certificate is not trusted ({printable(error.verify_message)}); "
        "if the server has an authority of its own, name its certificate in `ca_file` (nothing was sent)"
    )


def certificate_end(certificate: object) -> datetime | None:
    """When the certificate of a connection (as `SSLSocket.getpeercert` gives it) ends, in UTC; None if unknown."""
    if not isinstance(certificate, dict):
        return None
    end = certificate.get("notAfter")
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC) if isinstance(end, str) else None


def describe_certificate(certificate: object, now: datetime) -> str:
    """How long a certificate will still do, in words; a warning from 14 days before its end; "" without one."""
    end = certificate_end(certificate)
    if end is None:
        return ""
    days = (end - now).days
    warning = "; RENEW IT NOW" if days <= 14 else ""
    return f"certificate valid until {end:%Y-%m-%d} ({days} days){warning}"
