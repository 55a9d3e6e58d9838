"""Claims keep their meaning in the database."""

import json

from gallery.domain.claims import Claim, claim_from_json
from gallery.domain.comparison import Tolerance, Tolerances


def test_a_claim_is_the_same_after_it_was_kept():
    claim = Claim(
        "curve", "light curve", "curve.ecsv", "0" * 64,
        Tolerances(
            Tolerance(relative=0.01), {"flux": Tolerance(sigmas=3.0)}, ("time",),
            {"flux": "flux_err"}, ("DATE",), 1.5, "printed to two decimals",
        ),
        "Figure 3", "10.1000/curve", given=True,
    )  # fmt: skip

    assert claim_from_json(json.loads(json.dumps(claim.to_json()))) == claim
