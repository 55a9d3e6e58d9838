"""What strangers write after ``/doi/``: it leads nowhere but to what has that very DOI."""

import pytest

from gallery.domain.doi import dois_in
from tests.factories import rows

pytestmark = pytest.mark.django_db
DOI = "10.5281/zenodo.3634684"
VALUE = {
    "output": "total", "label": "flux", "published": 1.0, "tolerance": "absolute",
    "allowed": 0.1, "doi": DOI,
}  # fmt: skip


@pytest.fixture
def figure(db):
    """A figure with a value of a DOI, taken in before figures were found by it."""
    return rows.FigureFactory(slug="with-value", values_json=[VALUE])


@pytest.mark.parametrize("front", ["/doi/", "/api/doi/"])
@pytest.mark.parametrize(
    "text",
    [
        DOI[:-1], "10.5281/z", "10.5281/zenodo.%25", "10.5281/zenodo._634684", f"{DOI}0",
        "10.5281/../../etc/passwd", "%00", f"{DOI[:-1]}%00", "10.5281/%ED%A0%80", "%20" * 900,
        "10." + "1" * 9 + ".1" * 5000 + "/x", "10.1234/" + "a" * 5000, "//evil.example.org/10.1/x",
        "https://evil.example.org/10.1234/x", "javascript:alert(1)", "10.1234//evil.example.org",
        "10.1234/x%0d%0aX-Injected:%20yes", "10.1234/<script>alert(1)</script>",
        "10.\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC-INDIC DIGIT ONE}34/x",
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_what_is_no_doi_of_ours_leads_nowhere(client, figure, front, text):
    answer = client.get(front + text)

    assert (answer.status_code, answer.has_header("Location")) == (404, False)
    assert not answer.has_header("X-Injected")
    assert "<script>alert" not in answer.content.decode() or front == "/api/doi/"


@pytest.mark.parametrize("text", [DOI, DOI.upper(), f"https://doi.org/{DOI}", f"{DOI})."])
def test_the_whole_doi_leads_to_its_figure(client, figure, text):
    assert client.get(f"/doi/{text}")["Location"] == figure.get_absolute_url()


def test_digits_of_other_scripts_make_no_doi():
    assert dois_in(f"10.{chr(0x661) * 4}/x") == ()
