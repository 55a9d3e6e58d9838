"""A program: unpacks one plane of a tile-compressed image from standard input to standard output.

It runs apart, with bounds on memory, time and output, because tiles are a stranger's compressed
bytes. Little-endian doubles come out, blanks as NaN; anything else is a fault.
"""

import os
import resource
import sys
import warnings

MEMORY = 3 * 1024**3
SECONDS = 20
OUTPUT = 600 * 1024**2


def main() -> None:
    """Unpack the plane that the arguments name: header, plane."""
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, OUTPUT), (resource.RLIMIT_CORE, 0),
    ):  # fmt: skip
        resource.setrlimit(limit, (most, most))
    warnings.simplefilter("ignore")
    import numpy as np  # noqa: PLC0415 -- within the limits
    from astropy.io import fits  # noqa: PLC0415

    index, plane = (int(word) for word in sys.argv[1:3])
    with fits.open(os.fdopen(0, "rb"), memmap=False, lazy_load_hdus=True) as file:
        hdu = file[index]
        shape = hdu.shape
        where = np.unravel_index(plane, shape[:-2]) if len(shape) > 2 else ()  # noqa: PLR2004 -- two axes are shown
        values = np.asarray(hdu.section[(*where, slice(None), slice(None))], dtype="<f8")
        blank = hdu.header.get("ZBLANK", hdu.header.get("BLANK"))
        if blank is not None and hdu.header["BITPIX"] > 0 and not np.isnan(values).any():
            zero, scale = hdu.header.get("BZERO", 0), hdu.header.get("BSCALE", 1)
            values[values == blank * scale + zero] = np.nan
    with os.fdopen(1, "wb") as target:
        target.write(np.ascontiguousarray(values).tobytes())


if __name__ == "__main__":
    main()
