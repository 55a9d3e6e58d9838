"""Papers and figures, and the checks that judge re-runs against them."""
