"""Pictures drawn by matplotlib in a program apart: equal plots give equal bytes."""

import base64
import hashlib
import tempfile
from pathlib import Path

from django.core.cache import cache

from executor.adapters.apart import ApartError, run_apart

FORMS = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
DRAWING = "1"  # raise it when the same plot is drawn differently: copies kept elsewhere end
KEPT_AT_MOST = 2_000_000
KEPT_SECONDS = 24 * 3600
PICTURE_AT_MOST = 64 * 1024 * 1024


def drawn(plot: bytes, form: str) -> bytes:
    """A plot (`reprise.plot/1`) as the bytes of a picture.

    Args:
        plot: bytes of the plot.
        form: ``png``, ``svg`` or ``pdf``.

    Raises:
        ApartError: it cannot be drawn; the message says why.
    """
    key = f"picture:{DRAWING}:{form}:{hashlib.sha256(plot).hexdigest()}"
    known: str | None = cache.get(key)
    if known is not None:
        return base64.b64decode(known)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "plot.json", Path(folder) / f"picture.{form}"
        source.write_bytes(plot)
        run_apart("draw_plot", {"path": str(source), "target": str(target), "form": form})
        if target.stat().st_size > PICTURE_AT_MOST:
            raise ApartError(f"the picture has more than {PICTURE_AT_MOST // 1024**2} MB")
        data = target.read_bytes()
    if len(data) <= KEPT_AT_MOST:
        cache.set(key, base64.b64encode(data).decode(), KEPT_SECONDS)
    return data
