"""Tiles: a figure each, or the rows of one table."""

import pytest

from gallery.domain.tiles import Light, rank, table_of, tally_of, tiles


def light(pk: int, kind: str = "figure", place: str = "", paper: str = "a", verdict: str = ""):
    return Light(pk, kind, paper, place, verdict, workflow=1)


def test_the_rows_of_a_table_are_one_tile_where_the_first_of_them_stands():
    made = tiles(
        [
            light(1), light(2, "row", "Table 1, row a"), light(3),
            light(4, "row", "Table 1, row b"), light(5, "row", "Table 2, row a"),
            light(6, "row", "Table 1, row c", paper="b"), light(7, "row", "Table 2, row b"),
        ]
    )  # fmt: skip

    assert [([item.pk for item in tile.lights], tile.table) for tile in made] == [
        ([1], ""), ([2, 4], "a/Table 1"), ([3], ""), ([5, 7], "a/Table 2"), ([6], ""),
    ]  # fmt: skip
    assert made[1].title == "Table 1"


def test_rows_wanted_apart_are_tiles_of_their_own():
    rows = [light(number, "row", "Table 1, row") for number in range(3)]

    assert [len(tile.lights) for tile in tiles(rows, apart=True)] == [1, 1, 1]


@pytest.mark.parametrize(
    ("place", "table"), [("Table 3", "Table 3"), ("Table 3, x, y", "Table 3"), ("", "Table")]
)
def test_a_place_names_its_table_before_the_first_comma(place, table):
    assert table_of(place) == table


def test_a_tally_begins_with_the_best_and_ends_with_what_was_not_judged():
    assert list(tally_of(["", "failed", "identical", "failed"]).items()) == [
        ("identical", 1), ("failed", 2), ("not judged yet", 1),
    ]  # fmt: skip


def test_what_was_not_judged_comes_last():
    assert sorted(["", "failed", "identical"], key=rank) == ["identical", "failed", ""]
