"""mailbot: a helpdesk that lives entirely in e-mail."""

__version__ = "0.1.0"
