"""Real servers for tests, on loopback, each gone without a trace when its test ends."""
