"""The history of the schema, one file in `versions` for each version, applied in order by `mailbot db upgrade`."""
