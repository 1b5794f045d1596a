"""The daemon as it is, but that it looks at its outbox and its timers four times a second: a day here is a minute.

python tests/wire/day/hurried.py --config FILE run
"""

from datetime import timedelta

from mailbot import daemon
from mailbot.cli import main

if __name__ == "__main__":
    daemon.OUTBOX_EVERY = daemon.TIMERS_EVERY = timedelta(seconds=0.25)
    main()
