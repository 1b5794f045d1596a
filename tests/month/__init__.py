"""A virtual month of a helpdesk, and a calculation of its own of all that time had to bring."""
