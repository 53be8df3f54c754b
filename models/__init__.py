"""Pure rules: frames in, frames out. Nothing here reads a clock, a disk, a screen or a database."""
