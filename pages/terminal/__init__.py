"""The terminal's screens: one file for each group of commands, thin over the workspace."""
