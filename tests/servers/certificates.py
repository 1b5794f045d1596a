"""Certificates for test servers, made with the `openssl` program."""

import shutil
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """A self-signed certificate, which is its own authority, and its key."""

    cert: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """The TLS of a server with this certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return context


def self_signed(directory: Path, *, host: str = "localhost", expired: bool = False) -> Certificate:
    """Makes a certificate for a host name (and 127.0.0.1, if that is localhost), perhaps one that ended in 2021."""
    stem = f"{host}{'-expired' if expired else ''}"
    made = Certificate(directory / f"{stem}.pem", directory / f"{stem}.key")
    names = f"DNS:{host}" + (",IP:127.0.0.1" if host == "localhost" else "")
    request = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", f"/CN={host}"]
    if not expired:
        options = ["-x509", "-days", "3650", "-addext", f"subjectAltName={names}"]
        _openssl(*request, *options, "-keyout", str(made.key), "-out", str(made.cert))
        return made
    # Only `openssl ca` can set both dates.
    (directory / "index.txt").touch()
    (directory / "ca.cnf").write_text(
        f"[ca]\ndefault_ca=d\n[d]\nnew_certs_dir={directory}\ndatabase={directory}/index.txt\nserial={directory}/serial\n"
        f"rand_serial=yes\ndefault_md=sha256\npolicy=p\nx509_extensions=x\n[p]\ncommonName=supplied\n"
        f"[x]\nsubjectAltName={names}\nbasicConstraints=critical,CA:true\n"
    )
    _openssl(*request, "-keyout", str(made.key), "-out", str(directory / "expired.csr"))
    dates = ["-startdate", "20200101000000Z", "-enddate", "20210101000000Z"]
    files = ["-config", str(directory / "ca.cnf"), "-in", str(directory / "expired.csr"), "-out", str(made.cert)]
    _openssl("ca", "-batch", "-selfsign", "-notext", "-keyfile", str(made.key), *dates, *files)
    return made


def _openssl(*arguments: str) -> None:
    program = shutil.which("openssl")
    if program is None:
        raise RuntimeError("the tests need the openssl program: apt-get install openssl")
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"openssl {arguments[0]} failed: {done.stderr}")
