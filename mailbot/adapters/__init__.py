"""The edge: each library of the outside world is named in one module here."""
