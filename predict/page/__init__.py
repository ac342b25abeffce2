"""Filed issues as pages to read: one an issue, and an index of a batch, each a file that needs no network."""
