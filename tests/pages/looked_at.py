"""Products that are looked at: an image, its headers, a notebook, a table, several on one axis."""

import json
from urllib.parse import quote

from django.utils import timezone

from executor.domain.tables.blending import part_text
from tests.executor.fits_files import SKY, image, ramp
from tests.executor.tables import light_curve, saved
from tests.factories import rows

CELLS = [
    {"cell_type": "markdown", "metadata": {}, "source": "# A heading\n\nSome *words*."},
    {"cell_type": "markdown", "metadata": {}, "source": "## Another\n\n- one\n- two"},
    {"cell_type": "markdown", "metadata": {}, "source": "### A third\n\n| a | b |\n|--|--|\n|1|2|"},
    {"cell_type": "code", "execution_count": 1, "metadata": {}, "source": "x = 2  # two\nprint(x)",
     "outputs": [{"output_type": "stream", "name": "stdout", "text": "2\n"},
                 {"output_type": "execute_result", "execution_count": 1, "metadata": {},
                  "data": {"text/html": "<table><tr><th>a</th></tr><tr><td>1</td></tr></table>"}},
                 {"output_type": "error", "ename": "ValueError", "evalue": "no light",
                  "traceback": ["\x1b[31mValueError\x1b[0m: no light"]}]},
]  # fmt: skip


def looked_at_pages() -> dict[str, str]:
    """One page of each way to look at a product."""
    data = image(ramp(), SKY | {"BUNIT": "'s-1'"})
    sky = rows.ProductFactory(data=data, media_type="application/fits")
    table = rows.ProductFactory(
        data=saved(light_curve(60), "x.fits"), media_type="application/fits"
    )
    rows.OutputFactory(name="curve", file="x.fits", product=table)
    notebook = rows.ProductFactory(data=json.dumps({"cells": CELLS}).encode())
    executed = rows.OutputFactory(name="n", role="notebook", file="n.ipynb", product=notebook)
    gone = rows.OutputFactory(
        name="gone", product__data=b"gone", product__evicted_at=timezone.now()
    ).product  # fmt: skip
    part = quote(part_text(table.digest, "x.fits", "TIME", "RATE", "first"))
    base = sky.get_absolute_url()
    return {
        "image": f"{base}/image?name=sky.fits&contours=15000",
        "header": f"{base}/header?name=sky.fits",
        "notebook": f"{executed.run.get_absolute_url()}/notebook",
        "table and plot": f"{table.get_absolute_url()}/table?name=x.fits",
        "table with a fault": f"{table.get_absolute_url()}/table?name=x.fits&q.RATE=%3Ex",
        "blend": f"/blend?p={part}&p={part}&t0=54000&xunit=h",
        "blend of nothing": "/blend",
        "product cleared away": gone.get_absolute_url(),
    }
