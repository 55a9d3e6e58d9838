"""Mutations of FITS images."""

# ruff: noqa: E501 -- tables of mutations, one a line; a benchmark imports what it needs

import gzip
import io
import warnings
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from astropy.io import fits

from benchmarks.mutation.case import (
    BROKEN,
    EQUAL,
    EXACT,
    NEAR,
    NOT_SAME,
    OTHER,
    SAME,
    UNKNOWN,
    Case,
)  # fmt: skip
from gallery.domain.comparison import Sample, Tolerance, Tolerances
from ontology.domain.kinds import ProductKind

Change = Callable[[fits.HDUList], fits.HDUList | None]


def sample(name: str, hdus: fits.HDUList) -> Sample:
    """An image as it would be published."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hdus.writeto(buffer, output_verify="silentfix", checksum=False)
    return Sample(buffer.getvalue(), f"{name}.fits", kind=ProductKind.IMAGE)


def opened(data: bytes) -> fits.HDUList:
    """A FITS file in memory, images only."""
    with fits.open(io.BytesIO(data), memmap=False) as file:
        kept = [hdu.copy() for hdu in file if hdu.is_image]
    return fits.HDUList(kept)


def cases(name: str, data: bytes) -> Iterator[Case]:
    """All mutations of an image."""
    published = sample(name, opened(data))
    for kind, right, change in CHANGES:
        made = change(opened(data))
        if made is not None:
            yield Case(kind, name, published, sample(name, made), right)
    for kind in ("last-digit noise", "one pixel changed by 1 %"):
        change = next(item for item in CHANGES if item[0] == kind)[2]
        yield Case(
            f"{kind}, no tolerance",
            name,
            published,
            sample(name, change(opened(data))),
            OTHER,
            EXACT,
        )
    yield from _of_bytes(name, published)
    yield from _of_both(name, data)
    yield from _of_sigmas(name, data, published)


def _pixels(edit: Callable[[np.ndarray], np.ndarray]) -> Change:
    def change(hdus: fits.HDUList) -> fits.HDUList:
        hdus[0].data = edit(np.array(hdus[0].data, dtype=hdus[0].data.dtype.newbyteorder("=")))
        return hdus

    return change


def _bright(data: np.ndarray, rank: int = 3) -> tuple[int, ...]:
    flat = np.argsort(np.nan_to_num(np.abs(data)).ravel())[-rank]
    return tuple(int(i) for i in np.unravel_index(flat, data.shape))


def _pixel(edit: Callable[[float], float], rank: int = 3) -> Change:
    def change(data: np.ndarray) -> np.ndarray:
        place = _bright(data, rank)
        data[place] = edit(float(data[place]))
        return data

    return _pixels(change)


def _header(**cards: object) -> Change:
    def change(hdus: fits.HDUList) -> fits.HDUList:
        for key, value in cards.items():
            hdus[0].header[key.replace("_", "-") if key == "DATE_OBS" else key] = value
        return hdus

    return change


def _all_headers(edit: Callable[[fits.Header], object]) -> Change:
    def change(hdus: fits.HDUList) -> fits.HDUList:
        for hdu in hdus:
            edit(hdu.header)
        return hdus

    return change


def _shifted(pixels: float) -> Change:
    return _all_headers(lambda header: header.set("CRPIX1", header["CRPIX1"] + pixels))


def _with_cd(header: fits.Header) -> None:
    for row in (1, 2):
        for column in (1, 2):
            pc = header.pop(f"PC{row}_{column}", float(row == column))
            header[f"CD{row}_{column}"] = header[f"CDELT{row}"] * pc
    for axis in (1, 2):
        del header[f"CDELT{axis}"]


def _flipped(hdus: fits.HDUList) -> fits.HDUList:
    """All images mirrored along x, and their headers with them."""
    for hdu in hdus:
        header, width = hdu.header, hdu.data.shape[1]
        hdu.data = np.ascontiguousarray(hdu.data[:, ::-1])
        header["CRPIX1"] = width + 1 - header["CRPIX1"]
        for row in (1, 2):
            if f"PC{row}_1" in header:
                header[f"PC{row}_1"] = -header[f"PC{row}_1"]
        if "PC1_1" not in header:
            header["CDELT1"] = -header["CDELT1"]
    return hdus


def _cut(low: int, *, with_position: bool) -> Change:
    def change(hdus: fits.HDUList) -> fits.HDUList:
        for hdu in hdus:
            hdu.data = np.ascontiguousarray(hdu.data[low:-low, low:-low])
            if with_position:
                hdu.header["CRPIX1"] -= low
                hdu.header["CRPIX2"] -= low
        return hdus

    return change


def _padded(hdus: fits.HDUList) -> fits.HDUList:
    for hdu in hdus:
        hdu.data = np.pad(np.array(hdu.data, dtype=float), 4, constant_values=np.nan)
        hdu.header["CRPIX1"] += 4
        hdu.header["CRPIX2"] += 4
    return hdus


def _compressed(kind: str, **options: object) -> Change:
    def change(hdus: fits.HDUList) -> fits.HDUList:
        images = [
            fits.CompImageHDU(
                hdu.data,
                hdu.header,
                compression_type=kind,
                name=hdu.name if number else "",
                **options,
            )
            for number, hdu in enumerate(hdus)
        ]
        return fits.HDUList([fits.PrimaryHDU(), *images])

    return change


def _scaled_integers(hdus: fits.HDUList) -> fits.HDUList:
    """Sixteen bits with BSCALE and BZERO: what a float loses on the way."""
    hdus[0].data = np.nan_to_num(np.array(hdus[0].data, dtype=np.float32))
    hdus[0].scale("int16", option="minmax")
    return hdus


def _masked(data: np.ndarray) -> np.ndarray:
    data[10:20, 10:20] = np.nan
    return data


def _swapped_names(hdus: fits.HDUList) -> fits.HDUList | None:
    if len(hdus) < 3:  # noqa: PLR2004 -- two extensions to swap
        return None
    hdus[1].name, hdus[2].name = hdus[2].name, hdus[1].name
    return hdus


def _reordered(hdus: fits.HDUList) -> fits.HDUList | None:
    return fits.HDUList([hdus[0], *hdus[:0:-1]]) if len(hdus) > 2 else None  # noqa: PLR2004 -- two to swap


def _unit(unit: str, factor: float = 1.0) -> Change:
    def change(hdus: fits.HDUList) -> fits.HDUList | None:
        if not str(hdus[0].header.get("BUNIT", "")).strip():
            return None
        hdus[0].data = np.array(hdus[0].data, dtype=float) * factor
        hdus[0].header["BUNIT"] = unit
        return hdus

    return change


def _swap_two(data: np.ndarray) -> np.ndarray:
    one, other = _bright(data, 1), _bright(data, 50)
    data[one], data[other] = data[other], data[one]
    return data


CHANGES: tuple[tuple[str, frozenset, Change], ...] = (  # type: ignore[type-arg]
    ("written again", SAME, lambda hdus: hdus),
    ("last-digit noise", NEAR, _pixels(lambda x: np.nextafter(x, np.inf, dtype=x.dtype))),
    ("noise above the tolerance", OTHER, _pixels(lambda x: x * (1 + 1e-3 * np.cos(np.arange(x.size).reshape(x.shape))).astype(x.dtype))),
    ("one pixel changed by 1 %", OTHER, _pixel(lambda value: value * 1.01)),
    ("one pixel changed by 1 % (2)", OTHER, _pixel(lambda value: value * 0.99, 200)),
    ("one pixel changed by 1 % (3)", OTHER, _pixel(lambda value: value * 1.01, 2000)),
    ("one pixel NaN", OTHER, _pixel(lambda _value: np.nan)),
    ("all pixels 1 % brighter", OTHER, _pixels(lambda x: (x * 1.01).astype(x.dtype))),
    ("an offset (zero point)", OTHER, _pixels(lambda x: x + np.float32(0.05))),
    ("two pixels swapped", OTHER, _pixels(_swap_two)),
    ("a region masked", OTHER, _pixels(_masked)),
    ("rows rolled by one", OTHER, _pixels(lambda x: np.roll(x, 1, axis=0))),
    ("flipped axis, header not", OTHER, _pixels(lambda x: np.ascontiguousarray(x[:, ::-1]))),
    ("flipped axis y, header not", OTHER, _pixels(lambda x: np.ascontiguousarray(x[::-1]))),
    ("transposed, header not", OTHER, _pixels(lambda x: np.ascontiguousarray(x.T))),
    ("flipped axis, header as well", SAME, _flipped),
    ("cropped, header not", NOT_SAME, _cut(5, with_position=False)),
    ("cropped, header as well", NOT_SAME, _cut(5, with_position=True)),
    ("a blank frame around", SAME, _padded),
    ("WCS shift by a tenth of a pixel", OTHER, _shifted(0.1)),
    ("WCS shift by a hundredth of a pixel", OTHER, _shifted(0.01)),
    ("WCS shift by a whole pixel", NOT_SAME, _shifted(1.0)),
    ("WCS shift below rounding", SAME, _shifted(1e-9)),
    ("WCS scale 1 % larger", OTHER, _all_headers(lambda h: h.set("CDELT1", h["CDELT1"] * 1.01))),
    ("WCS written as a CD matrix", SAME, _all_headers(_with_cd)),
    ("WCS missing", NOT_SAME, _all_headers(lambda h: [h.remove(k) for k in list(h) if k[:5] in ("CTYPE", "CRVAL", "CDELT", "CRPIX")] and None)),
    ("WCS broken", UNKNOWN, _all_headers(lambda h: h.set("CTYPE1", "RA---XYZ"))),
    ("WCS in another frame", NOT_SAME, _all_headers(lambda h: h.set("RADESYS", "FK5"))),
    ("header only: date and history", SAME, _header(DATE="2031-01-01", HISTORY="again", CREATOR="x")),
    ("header only: checksum", SAME, _all_headers(lambda h: h.set("CHECKSUM", "AAAAAAAAAAAAAAAA"))),
    ("header only: a text", SAME, _header(OBSERVER="somebody else")),
    ("header: exposure 1 % longer", OTHER, _all_headers(lambda h: h.set("EXPOSURE", h.get("EXPOSURE", 0) * 1.01) if "EXPOSURE" in h else None)),
    ("float64", SAME, _pixels(lambda x: x.astype(float))),
    ("byte-shuffled compression (GZIP_2)", SAME, _compressed("GZIP_2", quantize_level=0)),
    ("tile compression (GZIP_1)", SAME, _compressed("GZIP_1", quantize_level=0)),
    ("lossy compression (RICE, quantised)", OTHER, _compressed("RICE_1", quantize_level=4)),
    ("scaled to 16 bits", OTHER, _scaled_integers),
    ("extensions in another order", SAME, _reordered),
    ("names of extensions swapped", NOT_SAME, _swapped_names),
    ("last extension missing", NOT_SAME, lambda hdus: hdus[:-1] if len(hdus) > 1 else None),
    ("unit swap, values converted", EQUAL, _unit("h-1", 3600.0)),
    ("unit swap, values not converted", OTHER, _unit("h-1")),
    ("unit dropped", NOT_SAME, _unit("")),
    ("unit that does not convert", NOT_SAME, _unit("Jy")),
)  # fmt: skip


def _of_bytes(name: str, published: Sample) -> Iterator[Case]:
    data = published.data
    packed = replace(published, data=gzip.compress(data, mtime=9), file=f"{name}.fits.gz")
    yield Case("gzipped", name, published, packed, SAME)
    yield Case("empty file", name, published, replace(published, data=b""), BROKEN)
    for share in (0.1, 0.5, 0.9):
        cut = replace(published, data=data[: int(len(data) * share)])
        yield Case("truncated file", name, published, cut, BROKEN | NOT_SAME)
    yield Case("a picture instead", name, published,
               Sample(b"\x89PNG\r\n\x1a\n" + data[:500], "x.png", kind=ProductKind.IMAGE), NOT_SAME)  # fmt: skip


def _of_both(name: str, data: bytes) -> Iterator[Case]:
    """Mutations for which the published image is changed too."""
    masked = _pixels(_masked)(opened(data))
    again = _header(DATE="2031-01-01")(_pixels(_masked)(opened(data)))
    yield Case("the same region masked", name, sample(name, masked), sample(name, again), SAME)
    moved = _pixels(lambda x: np.roll(_masked(x), 0))(opened(data))
    moved[0].data[20, 10] = np.nan  # type: ignore[index]
    yield Case("one masked pixel more", name, sample(name, masked), sample(name, moved), OTHER)
    integers = opened(data)[:1]
    integers[0].data = np.round(np.nan_to_num(integers[0].data) * 10).astype(np.int32)
    stored = opened(data)[:1]
    stored[0].data = integers[0].data.astype(np.int16)
    first = sample(name, integers)
    yield Case("integers of another width", name, first, sample(name, stored), SAME)
    rice = fits.HDUList(
        [
            fits.PrimaryHDU(),
            fits.CompImageHDU(integers[0].data, integers[0].header, compression_type="RICE_1"),
        ]
    )
    yield Case("integers compressed (RICE)", name, first, sample(name, rice), SAME)
    more = opened(data)[:1]
    more[0].data = integers[0].data.copy()
    more[0].data[_bright(more[0].data)] += 1
    yield Case("one integer one larger", name, first, sample(name, more), OTHER)
    broken = [_all_headers(lambda h: h.set("CTYPE1", "RA---XYZ"))(opened(data)) for _ in (0, 1)]
    yield Case(
        "WCS broken in both",
        name,
        sample(name, broken[0]),
        sample(name, _header(DATE="2031-01-01")(broken[1])),
        SAME,
    )
    zero = [_header(MAGZPT=25.0)(opened(data)), _header(MAGZPT=25.05)(opened(data))]
    first, second = (sample(name, item) for item in zero)
    yield Case("mag zero point", name, first, second, OTHER)
    scales = [_header(TIMESYS="TT")(opened(data)), _header(TIMESYS="UTC")(opened(data))]
    first, second = (sample(name, item) for item in scales)
    yield Case("time scale UTC/TT, times not converted", name, first, second, OTHER)


def _of_sigmas(name: str, data: bytes, published: Sample) -> Iterator[Case]:
    hdus = opened(data)
    if "VARIANCE" not in [hdu.name for hdu in hdus]:
        return
    allowed = Tolerances(Tolerance(relative=1e-6, sigmas=3.0))
    sigma = np.sqrt(np.array(hdus["VARIANCE"].data, dtype=float))
    noise = np.random.default_rng(5).uniform(-2, 2, sigma.shape) * np.nan_to_num(sigma)
    near, far = opened(data), opened(data)
    near[0].data = (near[0].data + noise).astype(np.float32)
    yield Case("within 3 sigma", name, published, sample(name, near), NEAR, allowed)
    values = np.array(far[0].data, dtype=np.float32)
    place = _bright(np.where(sigma > 0, values, 0))
    values[place] += 8 * sigma[place]
    far[0].data = values
    yield Case("one pixel 8 sigma off", name, published, sample(name, far), OTHER, allowed)
    shift = Tolerances(Tolerance(relative=1e-6), {"WCS": Tolerance(absolute=0.2)})
    moved = _shifted(0.1)(opened(data))
    yield Case("WCS shift by a tenth of a pixel, a fifth allowed", name, published,
               sample(name, moved), EQUAL, shift)  # fmt: skip
