"""The demonstration: a helpdesk at work, with mail servers of its own and people who write to it."""
