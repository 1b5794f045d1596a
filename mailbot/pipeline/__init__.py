"""From a message to its disposition; `process.process` is the way through."""
