"""Mails as the mail programs of technicians make them, with commands in them and with commands that must not run."""
