"""ticket, ledger, trace: looking at what happened, without changing anything."""
