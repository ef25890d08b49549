"""Where things stand in a picture that is laid out by hand: boxes, paths with round corners, labels beside them.

Coordinates are points, x to the right and y *down*, as a picture is read; Graphviz's y goes up, so it is turned here.
Such pictures name Graphviz's ``nop2`` engine, which takes every position as it is: every version draws the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from hullcheck.draw.diagram import Attributes, Text
from hullcheck.draw.style import PLAIN, width

Point: TypeAlias = tuple[float, float]
Side: TypeAlias = Literal["left", "right", "over", "under", "on"]

LINE_HEIGHT = 1.2
"""Graphviz's distance of two lines, in sizes of the font."""

_HEAD = 7.0
_ROUND = 7.0
_CLEARANCE = 3.0


@dataclass(frozen=True)
class Box:
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def centre(self) -> Point:
        """Its middle."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def overlaps(self, other: Box) -> bool:
        """Whether the two have a point inside in common."""
        apart = (
            self.right <= other.left or other.right <= self.left or self.bottom <= other.top or other.bottom <= self.top
        )
        return not apart

    def attributes(self) -> Attributes:
        """A node of exactly this place and size."""
        x, y = self.centre
        return {
            "pos": f"{_number(x)},{_number(-y)}",
            "width": f"{(self.right - self.left) / 72:.4f}",
            "height": f"{(self.bottom - self.top) / 72:.4f}",
            "fixedsize": "true",
        }


@dataclass(frozen=True)
class Label:
    """Where an edge's label stands: on which side of which point, broken after how many characters."""

    x: float
    y: float
    side: Side
    wrap: int = 26


@dataclass(frozen=True)
class Path:
    """The way of an edge, corner by corner, and the place of its label."""

    points: tuple[Point, ...]
    label: Label


def spline(points: Sequence[Point], *, head: bool = True) -> str:
    """A path as Graphviz's ``pos``: straight lines with round corners, with an arrow's head at the end."""
    tip = points[-1]
    if head:
        points = (*points[:-1], _towards(points[-1], points[-2], _HEAD))
    curve = [points[0]]
    here = points[0]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(_ROUND, _distance(before, corner) / 2, _distance(corner, after) / 2)
        enters, leaves = _towards(corner, before, radius), _towards(corner, after, radius)
        curve += _straight(here, enters)
        curve += [corner, corner, leaves]
        here = leaves
    curve += _straight(here, points[-1])
    text = " ".join(f"{_number(x)},{_number(-y)}" for x, y in curve)
    return f"e,{_number(tip[0])},{_number(-tip[1])} {text}" if head else text


def shortened(points: Sequence[Point], by: float) -> tuple[Point, ...]:
    """A path that ends earlier, in front of a double border."""
    return (*points[:-1], _towards(points[-1], points[-2], by)) if by else tuple(points)


def label_box(texts: Sequence[Text], label: Label) -> Box:
    """The rectangle that a label takes."""
    wide = max((width(str(text), PLAIN) for text in texts), default=0)
    high = len(texts) * PLAIN * LINE_HEIGHT
    left = {"left": label.x - _CLEARANCE - wide, "right": label.x + _CLEARANCE}.get(label.side, label.x - wide / 2)
    top = {"over": label.y - _CLEARANCE / 2 - high, "under": label.y + _CLEARANCE / 2}.get(
        label.side, label.y - high / 2
    )
    return Box(left, top, left + wide, top + high)


def label_attributes(texts: Sequence[Text], label: Label) -> Attributes:
    """The place of an edge's label, for Graphviz."""
    x, y = label_box(texts, label).centre
    return {"lp": f"{_number(x)},{_number(-y)}"}


def _straight(start: Point, end: Point) -> list[Point]:
    return [_towards(start, end, _distance(start, end) / 3), _towards(end, start, _distance(start, end) / 3), end]


def _towards(start: Point, end: Point, by: float) -> Point:
    length = _distance(start, end) or 1.0
    return start[0] + (end[0] - start[0]) * by / length, start[1] + (end[1] - start[1]) * by / length


def _distance(one: Point, other: Point) -> float:
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)


def _number(value: float) -> str:
    return f"{round(value, 1) + 0.0:g}"
