"""The short configuration that `mailbot init` writes."""

import json

_TEXT = """\
# The configuration of mailbot. Every other option, with its default, is explained in config.example.toml.
# Check it with: mailbot check

[helpdesk]
name = {name}
address = {address}
language = {language}
timezone = {timezone}
state_dir = {state_dir}

# Passwords stay out of this file: they live in files that only mailbot may read (chmod 600).
[[mailboxes]]
name = "support"
host = {imap_host}
username = {username}
password_file = {password_file}

[smtp]
host = {smtp_host}
username = {username}
password_file = {password_file}

[security]
secret_key_file = {secret_key_file}

[[teams]]
name = "support"
lead = {lead}  # Who hears of what is late; "" = nobody.
{technician}"""
_TECHNICIAN = """
[[technicians]]
email = {email}
name = {name}
teams = ["support"]
"""
_NOBODY = """
# Who gets the tickets: a table for each technician. Without one, tickets wait for nobody.
# [[technicians]]
# email = "tom@example.com"
# name = "Tom"
# teams = ["support"]
"""


def render_initial(
    *,
    address: str,
    imap_host: str,
    secret_key_file: str,
    password_file: str,
    smtp_host: str = "",
    username: str = "",
    name: str = "Helpdesk",
    language: str = "en",
    timezone: str = "Asia/Jakarta",
    state_dir: str = "/var/lib/mailbot",
    lead: str = "",
    technician: str = "",
    technician_name: str = "",
) -> str:
    """Write a short configuration that loads as soon as its two secret files are there.

    The texts given are quoted, so that nothing in them can become TOML of its own.
    """
    person = _NOBODY
    if technician:
        person = _TECHNICIAN.format(email=_quoted(technician), name=_quoted(technician_name or technician))
    texts = {
        "name": name,
        "address": address,
        "language": language,
        "timezone": timezone,
        "state_dir": state_dir,
        "imap_host": imap_host,
        "smtp_host": smtp_host or imap_host,
        "username": username or address,
        "password_file": password_file,
        "secret_key_file": secret_key_file,
        "lead": lead,
    }
    return _TEXT.format(technician=person, **{key: _quoted(text) for key, text in texts.items()})


def _quoted(text: str) -> str:
    """A TOML basic string: JSON escapes the same characters, but for DEL, which TOML forbids as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
