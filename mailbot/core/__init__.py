"""The pure part of mailbot: values in, values out; no clock, no I/O, no database, no logging."""
