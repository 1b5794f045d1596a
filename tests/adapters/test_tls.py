"""What is said when a server or a certificate file is of no use."""

from pathlib import Path

import pytest

from mailbot.adapters.tls import client_context, explain_network, printable


def failure(ca_file: Path) -> str:
    with pytest.raises(OSError, match="certificate file") as caught:
        client_context(str(ca_file))
    return explain_network(caught.value, "imap.example.org", 993)


def test_a_certificate_file_that_has_gone_is_named_with_what_to_do(tmp_path: Path) -> None:
    said = failure(tmp_path / "ca.pem")
    assert f"the certificate file {tmp_path}/ca.pem cannot be read: No such file or directory" in said
    assert "put it back, or correct `ca_file` and reload" in said
    assert "network" not in said


def test_a_certificate_file_without_a_certificate_is_named(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    assert f"the certificate file {tmp_path}/ca.pem holds no certificate in PEM" in failure(tmp_path / "ca.pem")


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("b'[AUTHENTICATIONFAILED] Authentication failed.'", "[AUTHENTICATIONFAILED] Authentication failed."),
        ("failed: b\"it's wrong\", b'twice'", "failed: it's wrong, twice"),
        ("plain words, the tab 'x'", "plain words, the tab 'x'"),
        ("a\x1b[31m\r\nb", "a [31m b"),
    ],
)
def test_what_a_server_said_is_text_and_no_bytes(text: str, want: str) -> None:
    assert printable(text) == want


def test_what_a_server_said_is_never_long() -> None:
    assert len(printable("b'" * 100_000)) <= 303
