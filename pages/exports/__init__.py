"""The scorecard to print or send: one file per format, all from the same content (content.py)."""
