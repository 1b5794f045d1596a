"""`python -m mailbot` is the same as the command `mailbot`."""

from mailbot.cli import main

main()
