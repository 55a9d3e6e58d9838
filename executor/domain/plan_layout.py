"""Where the boxes of a plan's picture stand: layers from left to right, few enough to be read.

Runs of one version in one layer become one box when they are many; of a long chain the middle
becomes one box. So a plan of a thousand runs is a picture of some dozen boxes. Boxes of a layer
are ordered by the mean place of what feeds them (Sugiyama, Tagawa and Toda 1981).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from os.path import commonprefix

from executor.domain.drawing import Drawn, DrawnNode
from executor.domain.states import State

NEW = "new"
TIMES = "\u00d7"  # the sign of multiplication
WIDTH, HEIGHT = 236, 94  # of a box, in pixels
GAP, SPACE, THIN = 112, 22, 14  # between layers, between boxes, and for a line that passes by
MARGIN = 14
ALIKE_AT_MOST = 6  # boxes of one version in a layer
ROWS_AT_MOST = 12  # boxes in a layer
LAYERS_AT_MOST = 9
FIRST, LAST = 3, 5  # layers kept of more than that, before and after the one box between
SWEEPS = 3
ORDER = (
    State.FINISHED.value, State.RUNNING.value, State.QUEUED.value, State.BLOCKED.value,
    State.WAITING.value, NEW, State.FAILED.value, State.CANCELLED.value,
)  # fmt: skip
"""The states in the order in which a box counts them."""
LOUDEST = (
    State.FAILED.value, State.RUNNING.value, State.WAITING.value, State.QUEUED.value,
    State.BLOCKED.value, NEW, State.CANCELLED.value, State.FINISHED.value,
)  # fmt: skip
"""The states in the order in which one of them speaks for a whole box."""


@dataclass(slots=True)
class Box:
    """One run, or several that are shown as one.

    Attributes:
        name: its id on the page.
        layer: its column, from 0.
        nodes: its runs.
        is_wanted: whether it is the run that is asked for.
        x: left edge in pixels.
        y: upper edge in pixels.
    """

    name: str
    layer: int
    nodes: tuple[DrawnNode, ...]
    is_wanted: bool = False
    x: float = 0.0
    y: float = 0.0

    @property
    def title(self) -> str:
        """What people call its workflow, and how many runs there are of it."""
        titles = Counter(node.title for node in self.nodes)
        first = next(iter(titles))
        if len(self.nodes) == 1:
            return first
        if len(titles) == 1:
            return f"{len(self.nodes):,} {TIMES} {first}"
        return f"{len(self.nodes):,} runs of {len(titles)} workflows"

    @property
    def counts(self) -> dict[str, int]:
        """State → number of its runs, in the order of ``ORDER``."""
        found = Counter(node.state for node in self.nodes)
        return {state: found[state] for state in ORDER if state in found}

    @property
    def state(self) -> str:
        """The state that speaks for it."""
        return next(state for state in LOUDEST if state in self.counts)

    @property
    def steps(self) -> int:
        """How many layers of the plan it stands for."""
        return len({node.depth for node in self.nodes})


@dataclass(frozen=True, slots=True)
class Line:
    """What one box gives another.

    Attributes:
        source: name of the box that gives.
        target: name of the box that takes.
        parameter: the parameter that takes; several are separate lines.
        outputs: names of the outputs that are taken.
        points: x and y in pixels, from the source's right edge to the target's left edge.
    """

    source: str
    target: str
    parameter: str
    outputs: tuple[str, ...]
    points: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A picture before it is drawn; sizes in pixels."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


def laid_out(drawn: Drawn) -> Layout:
    """Place the runs of a plan."""
    drawn = _shortened(drawn)
    boxes = _boxes(drawn)
    links = _links(drawn, boxes)
    grid = _Grid(boxes, links)
    grid.order()
    height = grid.place()
    layers = 1 + max(box.layer for box in boxes)
    width = 2 * MARGIN + layers * WIDTH + (layers - 1) * GAP
    return Layout(tuple(boxes), tuple(grid.lines()), width, height)


def _shortened(drawn: Drawn) -> Drawn:
    """Without what all titles begin with, as "Coded mask: " of "Coded mask: a mosaic"."""
    titles = {node.title for node in drawn.nodes}
    alike = commonprefix(list(titles))  # noqa: RUF071 -- these are no paths: letters are meant
    shared = alike.rfind(": ") + 2 if len(titles) > 1 else 0
    if shared < 2:  # noqa: PLR2004 -- none was found
        return drawn
    nodes = (
        replace(node, title=f"{node.title[shared : shared + 1].upper()}{node.title[shared + 1 :]}")
        for node in drawn.nodes
    )
    return replace(drawn, nodes=tuple(nodes))


def _boxes(drawn: Drawn) -> list[Box]:
    steps = 1 + max(node.depth for node in drawn.nodes)
    layers: dict[int, list[DrawnNode]] = {}
    for node in drawn.nodes:
        layers.setdefault(_layer(node.depth, steps), []).append(node)
    found: list[Box] = []
    for layer in sorted(layers):
        is_middle = steps > LAYERS_AT_MOST and layer == FIRST
        groups = [layers[layer]] if is_middle else _groups(layers[layer], drawn.want)
        for group in groups:
            wanted = any(node.address == drawn.want for node in group)
            found.append(Box(f"plan-{len(found) + 1}", layer, tuple(group), wanted))
    return found


def _layer(depth: int, steps: int) -> int:
    """The column of a step; the steps between the first and the last ones share one."""
    if steps <= LAYERS_AT_MOST or depth < FIRST:
        return depth
    return max(FIRST, depth - (steps - LAST) + FIRST + 1)


def _groups(nodes: list[DrawnNode], want: str) -> list[list[DrawnNode]]:
    alike: dict[tuple[str, int, bool], list[DrawnNode]] = {}
    for node in nodes:
        key = (node.workflow, node.version, node.address == want)
        alike.setdefault(key, []).append(node)
    limit = ALIKE_AT_MOST
    if sum(min(len(group), limit) for group in alike.values()) > ROWS_AT_MOST:
        limit = 1
    found: list[list[DrawnNode]] = []
    for group in alike.values():
        found += [group] if len(group) > limit else [[node] for node in group]
    kept, rest = found[: ROWS_AT_MOST - 1], found[ROWS_AT_MOST - 1 :]
    return [*kept, [node for group in rest for node in group]] if len(rest) > 1 else found


Link = tuple[str, str, str]  # names of the boxes that give and take, and the parameter


def _links(drawn: Drawn, boxes: Iterable[Box]) -> dict[Link, dict[str, None]]:
    """What gives what, and under which names; a box gives nothing to itself."""
    names = {node.address: box.name for box in boxes for node in box.nodes}
    found: dict[Link, dict[str, None]] = {}
    for edge in drawn.edges:
        source, target = names[edge.source], names[edge.target]
        if source != target:
            found.setdefault((source, target, edge.parameter), {})[edge.output] = None
    return found


@dataclass(slots=True)
class _Cell:
    """A box in its layer, or the place where a line passes a layer."""

    layer: int
    height: float
    box: Box | None = None
    y: float = 0.0
    before: list["_Cell"] = field(default_factory=list)
    after: list["_Cell"] = field(default_factory=list)

    @property
    def middle(self) -> float:
        return self.y + self.height / 2


class _Grid:
    """Layers of cells, and the ways that lines take through them."""

    def __init__(self, boxes: Iterable[Box], links: Mapping[Link, Mapping[str, None]]) -> None:
        self.links = links
        self.cells = {box.name: _Cell(box.layer, HEIGHT, box) for box in boxes}
        self.layers: list[list[_Cell]] = [
            [] for _ in range(1 + max(cell.layer for cell in self.cells.values()))
        ]
        for cell in self.cells.values():
            self.layers[cell.layer].append(cell)
        self.ways: dict[tuple[str, str], list[_Cell]] = {}
        for source, target in dict.fromkeys((link[0], link[1]) for link in links):
            self.ways[source, target] = self._way(self.cells[source], self.cells[target])

    def _way(self, source: _Cell, target: _Cell) -> list[_Cell]:
        passed = [_Cell(layer, THIN) for layer in range(source.layer + 1, target.layer)]
        for cell in passed:
            self.layers[cell.layer].append(cell)
        way = [source, *passed, target]
        for first, second in pairwise(way):
            first.after.append(second)
            second.before.append(first)
        return way

    def order(self) -> None:
        """Sort each layer by where its neighbours stand, to and fro."""
        self.place()
        for _sweep in range(SWEEPS):
            for layer in self.layers[1:]:
                layer.sort(key=lambda cell: _mean(cell.before, cell))
                self.place()
            for layer in reversed(self.layers[:-1]):
                layer.sort(key=lambda cell: _mean(cell.after, cell))
                self.place()

    def place(self) -> float:
        """Stack each layer around the middle of the tallest; returns the height of the picture."""
        tall = [sum(cell.height + SPACE for cell in layer) - SPACE for layer in self.layers]
        for layer, height in zip(self.layers, tall, strict=True):
            y = MARGIN + (max(tall) - height) / 2
            for cell in layer:
                cell.y = y
                y += cell.height + SPACE
                if cell.box:
                    cell.box.x, cell.box.y = _left(cell.layer), cell.y
        return max(tall) + 2 * MARGIN

    def lines(self) -> Iterable[Line]:
        ports = self._ports()
        for (source, target, parameter), outputs in self.links.items():
            way = self.ways[source, target]
            points = [(_left(way[0].layer) + WIDTH, way[0].middle)]
            for cell in way[1:-1]:
                left = _left(cell.layer)
                points += [(left, cell.middle), (left + WIDTH, cell.middle)]
            points.append((_left(way[-1].layer), ports[target, parameter]))
            yield Line(source, target, parameter, tuple(outputs), tuple(points))

    def _ports(self) -> dict[tuple[str, str], float]:
        """Where on the left edge of a box each of its parameters takes its lines."""
        coming: dict[str, dict[str, float]] = {}
        for source, target, parameter in self.links:
            place = self.ways[source, target][-2].middle
            known = coming.setdefault(target, {})
            known[parameter] = min(place, known.get(parameter, place))
        return {
            (target, parameter): self.cells[target].y + HEIGHT * (number + 1) / (len(names) + 1)
            for target, names in coming.items()
            for number, parameter in enumerate(sorted(names, key=names.__getitem__))
        }


def _left(layer: int) -> float:
    return MARGIN + layer * (WIDTH + GAP)


def _mean(cells: list[_Cell], own: _Cell) -> float:
    if not cells:
        return own.middle
    return sum(cell.middle for cell in cells) / len(cells)
