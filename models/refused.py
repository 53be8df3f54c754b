"""The one error that is meant for people."""


class Refused(Exception):
    """The request cannot be done; the message says what, where, what was found and what to do."""
