"""The catalogues of texts: adding a language is adding a file. `make words` brings them up to date."""
