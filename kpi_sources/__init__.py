"""How values and definitions come in: messy extracts, checks, OKR files."""
