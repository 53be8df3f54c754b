"""What every test stands on: machines are noisy, so no property test fails for being slow."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
