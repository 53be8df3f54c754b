"""One screen per file. Each exports render(...); importing it does nothing."""
