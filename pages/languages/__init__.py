"""The catalogues of texts, one file a language: adding a language is adding a file. `make words` brings them up to date."""
