"""demo: the whole helpdesk at work."""

import click

from mailbot.cli.common import json_option, notes


@click.command(
    epilog=notes(
        "mailbot demo",
        "mailbot demo --out demo-out --keep-running",
        document={
            "folder": "where everything lies",
            "steps": "[{title, from, subject, became, ticket, reason}], a mail each",
            "mails": "[{notice, recipient, subject, state, ticket}], what the helpdesk sent",
            "ledger": "{disposition: how many messages}",
            "surprises": "what was not as it should be; [] if all was well",
        },
        codes="0 all was as it should be, 1 something was not",
    )
)
@click.option("--keep-running", is_flag=True, help="Leave the servers up, and say how to connect with a mail client.")
@click.option(
    "--out",
    metavar="DIR",
    default="",
    help="Where to put mails, gallery and database; a folder of an earlier demonstration is written anew."
    " Default: a new folder in the temporary directory.",
)
@json_option
def demo(keep_running: bool, out: str, as_json: bool) -> int:
    """Show the whole helpdesk at work; needs no configuration.

    The real daemon talks to real IMAP and SMTP servers on this machine; nothing leaves it. It takes half a minute.
    """
    from mailbot.demo.show import show  # noqa: PLC0415 - its servers are an extra, and `--help` works without them.

    return show(out=out, keep_running=keep_running, as_json=as_json)
