"""What the tests of the catalogue app share."""

from hypothesis import settings

# The first time and the first unit of a process take long: no single example has a deadline.
settings.register_profile("reprise", deadline=None)
settings.load_profile("reprise")
