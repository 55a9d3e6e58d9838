"""A published mosaic of the Galactic centre (INTEGRAL IBIS/ISGRI, 25-40 keV, March 2017)."""

import gzip
import tempfile
from pathlib import Path

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.visualization import ZScaleInterval
from astropy.wcs import WCS

from executor.domain.fits_image import plane_of, shrink
from executor.domain.looking.hdus import scan
from executor.domain.looking.lookup import make_lookup
from executor.domain.looking.scale import known_values, zscale
from executor.domain.looking.sky import angles, read_sky

FILE = Path(__file__).parents[3] / "shared/data/isgri-mosaic-gc"
# GRS 1716-249, in outburst then: right ascension and declination in degrees (SIMBAD, ICRS).
BRIGHTEST = SkyCoord(259.9035, -25.0174, unit="deg")

pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def path() -> Path:
    return next(FILE.glob("*.fits.gz"))


@pytest.fixture(scope="module")
def seen(path):
    with tempfile.TemporaryFile() as file:
        size = file.write(gzip.decompress(path.read_bytes()))
        file.flush()
        hdu = scan(file, size)[0][0]
        return hdu, shrink(plane_of(file, hdu, 0))


def test_pixels_are_those_that_astropy_reads(path, seen):
    assert np.array_equal(seen[1].values, fits.getdata(path), equal_nan=True)


def test_positions_are_those_of_astropy(path, seen):
    hdu, small = seen
    sky = read_sky(hdu.cards, small.width, small.height)
    x, y = (np.random.default_rng(1).uniform(0, side, 500) for side in (433, 461))
    ra, dec = angles(sky.vectors(x, y))

    there = WCS(fits.getheader(path)).pixel_to_world(x, y)
    assert there.separation(SkyCoord(ra, dec, unit="deg")).max().arcsec < 1e-3
    assert make_lookup(sky, 433, 461).error < 0.02


def test_the_brightest_pixel_is_the_brightest_source(seen):
    hdu, small = seen
    y, x = np.unravel_index(np.nanargmax(small.values), small.values.shape)
    sky = read_sky(hdu.cards, small.width, small.height)
    ra, dec = angles(sky.vectors(np.array([float(x)]), np.array([float(y)])))

    assert BRIGHTEST.separation(SkyCoord(ra[0], dec[0], unit="deg")).deg < 0.082  # a pixel


def test_zscale_is_near_that_of_astropy_on_a_sample(seen):
    low, high = ZScaleInterval(n_samples=100_000).get_limits(seen[1].values)

    assert zscale(known_values(seen[1].values)) == pytest.approx((low, high), rel=0.1)
