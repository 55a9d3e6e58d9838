"""The wheels that go into a crate when its release asks for them."""

from collections.abc import Iterable

from django.conf import settings

from executor.actions.wheels import keep_wheels, machine
from executor.errors import PlatformFailedError
from lib import store
from publishing.domain.wheels import NO_WHEELS, Wheel, Wheels, chosen
from publishing.errors import NoWheelsError

WHEEL_BYTES_AT_MOST = 2_000_000_000
UV_LOCK = "requirements/uv.lock"


def wheels_of(locks: Iterable[str]) -> Wheels:
    """The wheels of some locks, and uv, with their bytes in the store.

    Raises:
        NoWheelsError: one is neither kept here nor to be had from the index now.
    """
    wanted = [lock for lock in locks if lock.strip()]
    if not wanted:
        return NO_WHEELS
    try:
        kept = keep_wheels([*wanted, *_uv_lock()])
    except PlatformFailedError as error:
        raise NoWheelsError(
            f"The crate is to hold the wheels of its packages. {error.detail}"
        ) from None
    sizes = {item.sha256: item.path.stat().st_size for item in kept}
    found = [Wheel(item.path.name, item.sha256, sizes[item.sha256]) for item in kept]
    system, python = machine()
    picked = chosen(found, at_most=WHEEL_BYTES_AT_MOST, system=system, python=python)
    inside = {wheel.digest for wheel in picked.inside}
    for item in kept:
        if item.sha256 in inside and store.size_of(item.sha256) != sizes[item.sha256]:
            store.put_file(item.path)
    return picked


def _uv_lock() -> list[str]:
    """The lock of the project's own uv; none where the project was installed without it."""
    path = settings.BASE_DIR / UV_LOCK
    return [path.read_text()] if path.is_file() else []
