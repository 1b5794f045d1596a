"""Every problem is told with file, line, section, key, what is allowed, and what may have been meant."""

from collections.abc import Callable
from pathlib import Path

import pytest

from mailbot.config import Settings, load, loads
from mailbot.errors import ConfigError

Problems = Callable[..., list[str]]

ADDED = [
    (
        '[smpt]\nhost = "x"\n',
        (
            "F:16: [smpt]: unknown section; allowed: helpdesk, database, mailboxes, smtp, teams, technicians, "
            "vendors, categories, rules, priority, sla, calendars, status_updates, pending, closing, escalation, "
            'surveys, daily, remote_support, limits, security, retention; did you mean "smtp"?'
        ),
    ),
    (
        '[closing]\nresolved_aftr = "3d"\n',
        (
            "F:17: [closing] resolved_aftr: unknown key; allowed: resolved_after, reopen_window; "
            'did you mean "resolved_after"?'
        ),
    ),
    (
        '[closing]\nresolved_after = "3 days"\n',
        (
            'F:17: [closing] resolved_after: "3 days" is not a duration; allowed: numbers with the units '
            'w, d, h, m, s, the largest first, as "90s", "15m", "1h30m", "2d", "1w"'
        ),
    ),
    (
        "[closing]\nresolved_after = 3\n",
        'F:17: [closing] resolved_after: is not a duration; allowed: a text with a unit, as "90s", "15m", "4h", "2d"',
    ),
    (
        '[closing]\nresolved_after = "0"\n',
        'F:17: [closing] resolved_after: must be longer than nothing; allowed: as "90s", "15m", "4h", "2d"',
    ),
    (
        '[limits]\n\nsize = "25 megabytes"\n',
        'F:18: [limits] size: is not a size; allowed: as "25MiB", "256KiB", or a number of bytes',
    ),
    (
        '[daily]\nat = "7:30"\n',
        'F:17: [daily] at: "7:30" is not a time of day; allowed: hours and minutes, as "07:30", or ""',
    ),
    (
        '[daily]\nat = "24:00"\n',
        'F:17: [daily] at: "24:00" is not a time of day; allowed: hours and minutes, as "07:30", or ""',
    ),
    (
        '[daily]\noperator = "support@example.org"\n',
        (
            'F:17: [daily] operator: "support@example.org" is an address of the helpdesk itself, '
            "so notices would come back as tickets; allowed: the address of a person"
        ),
    ),
    ("[limits]\nheaders = 0\n", "F:17: [limits] headers: must be at least 1"),
    ("[limits]\nbatch_count = 1001\n", "F:17: [limits] batch_count: must be at most 1000"),
    ('[limits]\nparts = "many"\n', "F:17: [limits] parts: must be a whole number"),
    ('[surveys]\nenabled = "perhaps"\n', "F:17: [surveys] enabled: must be true or false, without quotes"),
    (
        '[[teams]]\nname = "support"\nstrategy = "least_loadd"\n',
        (
            'F:18: [[teams]] strategy: "least_loadd" is not known; allowed: least_loaded, round_robin; '
            'did you mean "least_loaded"?'
        ),
    ),
    ('[[teams]]\nlead = "a@example.org"\n', "F:16: [[teams]] name: is missing; it is required"),
    (
        '[[teams]]\nname = "first line"\n',
        'F:17: [[teams]] name: "first line" is not a name; allowed: one word of letters, digits, ".", "_" and "-"',
    ),
    (
        '[[teams]]\nname = "a"\n[[teams]]\nname = "A"\n',
        'F:19: [[teams]] name: "A" is there twice; allowed: each name once',
    ),
    (
        '[teams]\nname = "a"\n',
        "F:16: [[teams]]: must be an array of tables; write [[teams]] with two brackets",
    ),
    (
        '[[teams]]\nname = "a"\ncalendar = "ofice"\n[calendars.office]\nmon = ["08:00-12:00"]\n',
        'F:18: [[teams]] calendar: there is no calendar "ofice"; allowed: always, office; did you mean "office"?',
    ),
    (
        '[[technicians]]\nemail = "Ani <ani@example.org>"\nname = "Ani"\n',
        (
            'F:17: [[technicians]] email: "Ani <ani@example.org>" is not a mail address; '
            "allowed: as support@example.org, with no name beside it"
        ),
    ),
    (
        '[[technicians]]\nemail = "ani@example.org"\nname = "Ani"\nteams = ["suport"]\n',
        'F:19: [[technicians]] teams: there is no team "suport"; allowed: support; did you mean "support"?',
    ),
    (
        '[[technicians]]\nemail = "a@b.org"\nname = "A"\n\n[[technicians]]\nname = "B"\nemail = "A@B.org"\n',
        'F:22: [[technicians]] email: "A@b.org" is there twice; allowed: each email once',
    ),
    (
        '[[technicians]]\nemail = "Support@example.org"\nname = "A"\n',
        (
            'F:17: [[technicians]] email: "Support@example.org" is an address of the helpdesk itself, '
            "so notices would come back as tickets; allowed: the address of a person"
        ),
    ),
    (
        '[[categories]]\nname = "vpn"\nteam = "netops"\n',
        'F:18: [[categories]] team: there is no team "netops"; allowed: support',
    ),
    (
        '[[categories]]\nname = "vpn"\n[[rules]]\nid = "r1"\nany = ["vpn"]\ncategory = "vnp"\n',
        'F:21: [[rules]] category: there is no category "vnp"; allowed: vpn; did you mean "vpn"?',
    ),
    (
        '[[rules]]\nid = "r1"\nany = ["vpn"]\nteam = "x"\n',
        'F:19: [[rules]] team: there is no team "x"; allowed: support',
    ),
    (
        '[[rules]]\nid = "r1"\nany = ["vpn"]\nurgency = "hgh"\n',
        'F:19: [[rules]] urgency: "hgh" is not known; allowed: low, medium, high; did you mean "high"?',
    ),
    (
        '[[rules]]\nid = "r1"\nany = ["vpn"]\ntags = ["vip", "second floor"]\n',
        (
            'F:19: [[rules]] tags: "second floor" is no tag; allowed: one word of letters, digits and . _ - /; '
            'did you mean "second-floor"?'
        ),
    ),
    (
        '[[technicians]]\nemail = "a@b.org"\nname = "A"\ndeputy = "A@b.org"\n',
        'F:19: [[technicians]] deputy: there is no technician "A@b.org"; allowed: none is configured',
    ),
    (
        '[[rules]]\nid = "r1"\nany = "vpn"\n',
        'F:18: [[rules]] any: must be a list; allowed: as ["a", "b"]',
    ),
    (
        '[[rules]]\nid = "r1"\ncategory = "hardware"\nregex = ["(?=x)"]\n',
        (
            'F:19: [[rules]] regex: in rule "r1": "(?=x)" is not a pattern of RE2: invalid perl operator: (?=; '
            "RE2 has no look-ahead and no look-behind, because they may take endless time: "
            "match the words around too, or put what must not occur into none"
        ),
    ),
    (
        '[[rules]]\nid = "r1"\nany = ["x"]\naction = "ignroe"\n',
        'F:19: [[rules]] action: in rule "r1": "ignroe" is unknown; allowed: "ignore", "hold", "monitor" or ""',
    ),
    (
        '[priority.matrix]\nperson = { low = "low", medium = "normal", hihg = "high" }\n',
        'F:17: [priority.matrix] person.hihg: unknown key; allowed: low, medium, high; did you mean "high"?',
    ),
    (
        '[sla.urgent]\nresolution = "1h"\n',
        'F:16: [sla.urgent]: unknown key; allowed: critical, high, normal, low; did you mean "critical"?',
    ),
    (
        '[sla.high]\nfirst_response = "2h"\nresolution = "1h"\n',
        (
            "F:18: [sla.high] resolution: is shorter than first_response; "
            'allowed: the same or longer, or "0" for no target'
        ),
    ),
    (
        '[pending]\nremind_after = "84h"\n',
        (
            "F:16: [pending] close_after: comes before the last reminder; "
            'allowed: longer than reminders x remind_after, or "0" to never close'
        ),
    ),
    (
        '[[teams]]\nname = "a"\nescalates_to = "b"\n[[teams]]\nname = "c"\n',
        'F:18: [[teams]] escalates_to: there is no team "b"; allowed: c',
    ),
    (
        '[[teams]]\nname = "a"\nescalates_to = "a"\n[[teams]]\nname = "c"\n',
        'F:18: [[teams]] escalates_to: there is no team "a"; allowed: c',
    ),
    ("[escalation]\nwarn_at = 80\n", "F:17: [escalation] warn_at: must be at most 0.99"),
    ('[escalation]\nwarn_at = "80%"\n', "F:17: [escalation] warn_at: must be a number, as 0.8"),
    (
        '[escalation]\nspecialist_for = ["criticl"]\n',
        (
            'F:17: [escalation] specialist_for: "criticl" is not known; '
            'allowed: low, normal, high, critical; did you mean "critical"?'
        ),
    ),
    (
        '[calendars.office]\ntimezone = "Asia/Jakata"\nmon = ["08:00-12:00"]\n',
        (
            'F:17: [calendars.office] timezone: "Asia/Jakata" is not a time zone; '
            'allowed: an IANA name, as "Asia/Jakarta" or "UTC"; did you mean "Asia/Jakarta"?'
        ),
    ),
    (
        '[calendars.office]\nholidays = "ID"\n',
        'F:16: [calendars.office]: has no hours; write at least one day, as mon = ["08:00-12:00"]',
    ),
    (
        '[calendars.office]\nmon = ["08:00-12:00"]\nholidays = "XX"\n',
        (
            'F:18: [calendars.office] holidays: there are no holidays of "XX"; '
            'allowed: a country of ISO 3166, as "ID", "SG", "DE-BY"'
        ),
    ),
    (
        '[calendars.office]\nmon = ["08:00-12:00"]\nholidays = "ID-XX"\n',
        (
            'F:18: [calendars.office] holidays: "ID" has no part "XX" with holidays of its own; '
            "allowed: none, leave the part away"
        ),
    ),
    (
        '[calendars.office]\nmon = ["08:00-12:00"]\nholidays = "ID"\nholiday_categories = ["bank"]\n',
        'F:18: [calendars.office] holidays: "ID" has no such holiday_categories; allowed: government, public',
    ),
    (
        '[calendars.office]\nmon = ["08:00-12:00"]\nadd = ["24 Dec"]\n',
        "F:18: [calendars.office] add: is not a date; allowed: as 2026-12-24",
    ),
    (
        '[calendars.always]\nmon = ["08:00-12:00"]\n',
        'F:16: [calendars.always]: "always" is built in; allowed: any other name',
    ),
    (
        '[[mailboxes]]\nname = "sales"\nhost = "IMAP.example.org"\nusername = "support@example.org"\npassword = "x"\n',
        (
            'F:17: [[mailboxes]] name: "sales" reads the same folder of the same account as another mailbox; '
            "remove one of them"
        ),
    ),
    (
        '[[mailboxes]]\nname = "sales"\nhost = "imap.example.org"\nusername = "sales"\n',
        (
            'F:16: [[mailboxes]] password: is missing for "sales"; set password_file, '
            "or MAILBOT_MAILBOXES__SALES__PASSWORD, or the credential sales.imap.password"
        ),
    ),
    (
        '[database]\nurl = "mysql://root:db-secret@db/x"\n',
        (
            "F:17: [database] url: starts with an unknown word; "
            "allowed: sqlite:///PATH, postgresql+psycopg://NAME:PASSWORD@HOST/DATABASE"
        ),
    ),
]


@pytest.mark.parametrize(("added", "message"), ADDED, ids=[message.partition(": ")[2][:50] for _, message in ADDED])
def test_a_wrong_section_is_told_with_its_line(problems_of: Problems, base: str, added: str, message: str) -> None:
    assert problems_of(base + added) == [message]


CHANGED = [
    (
        'address = "support@example.org"',
        'adress = "support@example.org"',
        [
            "F:1: [helpdesk] address: is missing; it is required",
            (
                "F:2: [helpdesk] adress: unknown key; allowed: address, name, language, timezone, calendar, tag, "
                "legacy_tags, state_dir, templates_dir, starter_rules, subaddress, hostname, "
                'signature, late_after, undo_window; did you mean "address"?'
            ),
        ],
    ),
    (
        'address = "support@example.org"\n',
        'address = "support@example.org"\ntag = "1 HD"\n',
        ['F:3: [helpdesk] tag: "1 HD" is not a tag; allowed: a letter, then letters, digits and "-", 16 in all'],
    ),
    (
        'address = "support@example.org"\n',
        "address = \"support@example.org\"\nlegacy_tags = [\n  '(#[0-9]+)',\n  '(a',\n  'OLD[0-9]+',\n]\n",
        [
            "F:5: [helpdesk] legacy_tags: cannot be compiled by RE2: missing ): (a",
            "F:6: [helpdesk] legacy_tags: has 0 groups; allowed: exactly one, around the digits of the number",
        ],
    ),
    (
        'address = "support@example.org"\n',
        'address = "support@example.org"\nlanguage = "fr"\n',
        [
            (
                'F:3: [helpdesk] language: there are no templates for "fr"; allowed: en, id, '
                'or a folder "fr" in templates_dir of [helpdesk]'
            )
        ],
    ),
    (
        'address = "support@example.org"\n',
        'address = "support@example.org"\nname = "a\\u0000\\nBcc: x"\n',
        ["F:3: [helpdesk] name: must be one line with no control characters"],
    ),
    (
        'host = "smtp.example.org"',
        'host = "smtp.example.org"\nusername = "me"',
        [
            (
                "F:10: [smtp] password: is missing; set password_file, or MAILBOT_SMTP__PASSWORD, or the credential "
                "smtp.password (or leave username empty for a server that asks for none)"
            )
        ],
    ),
    (
        'host = "smtp.example.org"',
        'host = "smtp.example.org"\npassword = "smtp-secret"',
        ["F:10: [smtp] username: is missing; there is a password, so say whose it is"],
    ),
    (
        'host = "smtp.example.org"',
        'host = "smtp.example.org"\nsecurity = "none"',
        [
            (
                'F:12: [smtp] security: "none" would send the password to smtp.example.org in clear; '
                "allowed: tls, starttls (or set allow_insecure = true)"
            )
        ],
    ),
    (
        'host = "imap.example.org"',
        'host = "imap.example.org"\nprocessed_folder = "INBOX"',
        [
            (
                'F:7: [[mailboxes]] processed_folder: "INBOX" is the folder that is read; '
                'allowed: another folder, or "" to mark messages and leave them there'
            )
        ],
    ),
    (
        "k" * 40,
        "short",
        [
            (
                "F:14: [security] secret_key: is too short to be a key; allowed: 32 random characters or more, "
                "as from: head -c 32 /dev/urandom | base64"
            )
        ],
    ),
    ('host = "smtp.example.org"', 'host = ""', ["F:11: [smtp] host: must not be empty"]),
    ('host = "smtp.example.org"', "host = 1", ["F:11: [smtp] host: must be a text in quotes"]),
    (
        'host = "smtp.example.org"',
        'host = "smtp.example.org:587"',
        [
            (
                'F:11: [smtp] host: "smtp.example.org:587" is not the name of a server; '
                'allowed: as mail.example.org, or an IP address; did you mean host = "smtp.example.org" and port = 587?'
            )
        ],
    ),
    (
        'host = "smtp.example.org"',
        'host = "smtps://smtp.example.org"',
        [
            (
                'F:11: [smtp] host: "smtps://smtp.example.org" is not the name of a server; '
                "allowed: as mail.example.org, or an IP address"
            )
        ],
    ),
    (
        'host = "smtp.example.org"',
        'host = "smtp.example.org"\nsecurity = "ssl"',
        ['F:12: [smtp] security: "ssl" is not known; allowed: tls, starttls, none; did you mean "tls"?'],
    ),
    (
        'address = "support@example.org"',
        'address = "support@example.org"\nstate_dir = ""',
        ["F:3: [helpdesk] state_dir: is empty; name a directory, as /var/lib/mailbot"],
    ),
    (
        "[security]\n",
        '[security]\nold_secret_key_files = [""]\n',
        [
            (
                "F:14: [security] old_secret_key_files: holds an empty name; "
                "name a file of an old key, or write [] if there is none"
            )
        ],
    ),
    (
        'host = "smtp.example.org"',
        'host = "smtp.example.org"\nca_file = "ca.pem"',
        [
            (
                "F:12: [smtp] ca_file: /etc/mailbot/ca.pem: no such file or directory; "
                'name a PEM file, or "" for the certificates of the system'
            )
        ],
    ),
]


@pytest.mark.parametrize(("old", "new", "messages"), CHANGED, ids=[messages[0][:50] for _, _, messages in CHANGED])
def test_a_wrong_value_is_told_with_its_line(
    problems_of: Problems, base: str, old: str, new: str, messages: list[str]
) -> None:
    assert old in base
    assert problems_of(base.replace(old, new)) == messages


_SEE = "; allowed: see https://toml.io"
_QUOTES = 'Invalid value; a text needs quotes, as "text"; a number, true and false need none'
_TWICE = "twice; put all its keys below one header, or write [[...]] for each of several tables"
SYNTAX = [
    (
        'name = "open\n',
        "F:1:13: TOML syntax: Illegal character '\\n'; the line ends within a text: its closing quote is missing",
    ),
    ("[helpdesk\n", "F:1:10: TOML syntax: Expected ']' at the end of a table declaration"),
    (
        "a = 1\n\na = 2\n",
        "F:3:6: TOML syntax: Cannot overwrite a value; this key is there already: remove one of the two",
    ),
    ("[a]\nb = ", f"F:2:5: TOML syntax: {_QUOTES}"),
    ("a = me@example.org\n", f"F:1:5: TOML syntax: {_QUOTES}"),
    ("[sla.high]\na = 1\n[sla.high]\n", f"F:3:10: TOML syntax: Cannot declare [sla.high] {_TWICE}"),
]


@pytest.mark.parametrize(("text", "message"), SYNTAX)
def test_wrong_toml_is_told_with_line_and_column(problems_of: Problems, text: str, message: str) -> None:
    assert problems_of(text) == [message + _SEE]


def test_all_problems_are_told_at_once_in_the_order_of_the_file(problems_of: Problems, base: str) -> None:
    text = base.replace('host = "smtp.example.org"', 'host = "smtp.example.org"\nport = 0\nusername = "me"')
    text += '[[teams]]\nname = "a"\ncalendar = "none"\n[closing]\nreopen = "1d"\n'
    found = problems_of(text, {"MAILBOT_SMTP__PORTS": "1"})
    assert [": ".join(line.split(": ")[:2]) for line in found] == [
        (
            "environment variable MAILBOT_SMTP__PORTS: names no setting; unset it or correct it; did you mean "
            '"MAILBOT_SMTP__PORT"?'
        ),
        "F:10: [smtp] password",
        "F:12: [smtp] port",
        "F:20: [[teams]] calendar",
        "F:22: [closing] reopen",
    ]


def test_a_missing_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    with pytest.raises(ConfigError) as caught:
        load(path, {})
    hint = "run `mailbot init` to write one, or name another with --config or MAILBOT_CONFIG"
    assert str(caught.value) == f"{path}: there is no such file; {hint}"


def test_the_file_is_the_argument_else_that_of_the_environment(tmp_path: Path, base: str) -> None:
    named, other = tmp_path / "a.toml", tmp_path / "b.toml"
    named.write_text(base.replace("support@example.org", "a@example.org"))
    other.write_text("\ufeff" + base.replace("support@example.org", "b@example.org"))
    environ = {"MAILBOT_CONFIG": str(other)}
    assert load(named, environ).helpdesk.address == "a@example.org"
    assert load(None, environ).helpdesk.address == "b@example.org"
    with pytest.raises(ConfigError, match=r"^/etc/mailbot/config\.toml: "):
        load(None, {})


def test_a_folder_instead_of_a_file_is_told_with_the_file_in_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is a folder, not a file; name the file itself with --config"):
        load(tmp_path, {})
    (tmp_path / "config.toml").write_text("")
    with pytest.raises(ConfigError, match=f"is a folder, not a file; did you mean {tmp_path}/config.toml"):
        load(tmp_path, {})


def test_everything_that_is_wrong_with_rules_is_told_at_once_whatever_else_is_wrong(
    problems_of: Problems, base: str
) -> None:
    rules = (
        '[[rules]]\nid = "a"\nany = ["x"]\nregex = ["(", "ok", "["]\ncategory = "netwrk"\nfields = ["subjct"]\n'
        'score = -1\n[[rules]]\nid = "b"\nimpact = "persn"\nregex = ["("]\ncategory = "nope"\n'
        '[[rules]]\nid = "c"\nimpact = "persn"\nany = "x"\n'
    )
    wanted = ["regex", "regex", "category", "fields", "score", "impact", "regex", "category", "impact", "any"]
    found = problems_of(base.replace("support@example.org", "support", 1) + rules)
    assert [line.partition("[[rules]] ")[2].partition(":")[0] for line in found][1:] == wanted


def test_wrong_rules_are_told_though_something_has_no_name(problems_of: Problems, base: str) -> None:
    found = problems_of(base + '[[teams]]\nlead = "a@example.org"\n[[rules]]\nid = "a"\nany = ["x"]\nregex = ["("]\n')
    assert len(found) == 3  # It sets nothing, too.
    assert "[[teams]] name: is missing" in found[0]
    assert any("is not a pattern of RE2" in line for line in found)


ZONES = {
    "Asia/Jakata": "Asia/Jakarta",
    "asia/jakarta": "Asia/Jakarta",
    "jakarta": "Asia/Jakarta",
    "Makasar": "Asia/Makassar",
    "WIB": "Asia/Jakarta",
    "wita": "Asia/Makassar",
    "New York": "America/New_York",
    "GMT+7": "Etc/GMT-7",
    "UTC-03:00": "Etc/GMT+3",
    "": "",
    "Mars/Base": "",
    "x" * 100_000: "",
}


@pytest.mark.parametrize(("wrong", "right"), ZONES.items(), ids=[name[:20] for name in ZONES])
def test_for_a_wrong_time_zone_the_right_one_is_proposed(
    problems_of: Problems, base: str, wrong: str, right: str
) -> None:
    (line,) = problems_of(base.replace("[helpdesk]\n", f'[helpdesk]\ntimezone = "{wrong}"\n'))
    assert (f'did you mean "{right}"' in line) == bool(right)
    assert ("did you mean" in line) == bool(right)


def test_text_that_is_not_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b'name = "caf\xe9"')
    with pytest.raises(ConfigError, match=r"latin\.toml: is not UTF-8 text \(byte 11\); save it as UTF-8"):
        load(path, {})


def test_an_unencrypted_server_is_fine_on_this_machine_and_where_it_is_allowed(base: str) -> None:
    for host in ("localhost", "127.0.0.1", "::1"):
        text = base.replace('host = "smtp.example.org"', f'host = "{host}"\nsecurity = "none"')
        assert loads(text, {}, file=Path("/c.toml")).smtp.port == 25
    text = base.replace('"smtp.example.org"', '"smtp.example.org"\nsecurity = "none"\nallow_insecure = true')
    assert loads(text, {}, file=Path("/c.toml")).smtp.security == "none"


@pytest.mark.parametrize(
    ("security", "imap", "smtp"), [("tls", 993, 465), ("starttls", 143, 587)], ids=["tls", "starttls"]
)
def test_the_port_follows_from_the_security(base: str, security: str, imap: int, smtp: int) -> None:
    text = base.replace('host = "imap.', f'security = "{security}"\nhost = "imap.')
    text = text.replace('host = "smtp.', f'security = "{security}"\nhost = "smtp.')
    settings = loads(text, {}, file=Path("/c.toml"))
    assert (settings.mailboxes[0].port, settings.smtp.port) == (imap, smtp)


def test_another_language_is_fine_where_templates_dir_has_a_folder_for_it(base: str, tmp_path: Path) -> None:
    (tmp_path / "own" / "fr").mkdir(parents=True)
    text = base.replace("[[mailboxes]]", 'language = "fr"\ntemplates_dir = "own"\n[[mailboxes]]')
    settings = loads(text, {}, file=tmp_path / "config.toml")
    assert settings.helpdesk.templates_dir == str(tmp_path / "own")


def test_a_table_that_sets_one_target_keeps_the_other_defaults(settings_of: Callable[..., Settings]) -> None:
    settings = settings_of('[sla.critical]\nfirst_response = "5m"\n[priority.matrix]\nperson = { low = "normal" }\n')
    assert settings.sla.critical.first_response.total_seconds() == 300
    assert settings.sla.critical.resolution.total_seconds() == 4 * 3600
    assert (settings.priority.matrix.person.low, settings.priority.matrix.person.high) == ("normal", "high")


@pytest.mark.parametrize("host", ["localhost", "mail_1.example.org", "10.0.0.1", "::1", "[::1]", "bücher.example"])
def test_servers_may_have_every_kind_of_name(base: str, host: str) -> None:
    settings = loads(base.replace("smtp.example.org", host), {}, file=Path("/c.toml"))
    assert settings.smtp.host == host.strip("[]")


def test_nothing_but_the_database_of_the_credentials_is_read_where_no_mail_is_served(base: str, tmp_path: Path) -> None:
    text = base.replace('password = "imap-secret"', 'password_file = "/nowhere/x"').replace("secret_key =", "#")
    url = "postgresql+psycopg://a:b@c/d"
    (tmp_path / "database.url").write_text(url)
    (tmp_path / "smtp.password").mkdir()
    settings = loads(text, {"CREDENTIALS_DIRECTORY": str(tmp_path)}, file=Path("/c.toml"), serving=False)
    assert settings.database_url() == url
    assert (settings.mailboxes[0].password, settings.secret_keys) == (None, ())


def test_a_required_value_that_is_wrong_does_not_hide_what_else_is_wrong(problems_of: Problems, base: str) -> None:
    text = base.replace("support@example.org", "support", 1).replace("smtp.example.org", "smtp:25")
    found = problems_of(
        text + '[[technicians]]\nemail = "ann"\nname = "Ann"\nteams = ["two"]\n[calendars.x]\nholidays = "XX"\n'
    )
    assert [line.partition(": ")[2].partition(":")[0] for line in found] == [
        "[helpdesk] address",
        "[smtp] host",
        "[[technicians]] email",
        "[[technicians]] teams",
        "[calendars.x]",
    ]
