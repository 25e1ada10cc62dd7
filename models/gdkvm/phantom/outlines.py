"""Outlines of the chambers in the picture's plane, frame by frame, in millimetres (x right, y away from the probe)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .heart import Heart
from .rhythm import Rhythm

HALF = 40  # points of a wall; the endocardium has 2 * HALF + 1, the apex in the middle
SEARCH = np.linspace(0, 1, 201) ** 2  # tau where the plane may enter the ventricle


@dataclass(frozen=True)
class Placement:
    """Where the heart lies: apex at end-diastole (x, y) in mm and the axis' angle to the vertical in radians."""

    apex: tuple[float, float]
    tilt: float


@dataclass(frozen=True)
class Outlines:
    """Arrays over frames: endo, epi (T, 2 * HALF + 1, 2), hinge first, through the apex, to the other hinge."""

    endo: np.ndarray
    epi: np.ndarray
    left_atrium: np.ndarray  # (T, P, 2) closed, control points
    right_ventricle: np.ndarray | None
    right_atrium: np.ndarray | None
    volumes_ml: np.ndarray
    contraction: np.ndarray
    opening: np.ndarray  # of the mitral valve


def normals(line: np.ndarray) -> np.ndarray:
    """Unit normals of an open line (P, 2), to the left of its direction."""
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1])[:, None], 1e-6)
    return np.stack([along[:, 1], -along[:, 0]], 1)


class Mover:
    """Turns a heart in one view into outlines."""

    def __init__(self, heart: Heart, view: str, placement: Placement, rhythm: Rhythm) -> None:
        self.heart, self.view, self.placement, self.rhythm = heart, view, placement, rhythm
        self.other = "A2C" if view == "A4C" else "A4C"

    def contractions(self, time: np.ndarray) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        return {
            view: tuple(self.rhythm.contraction(time - lag) for lag in self.heart.lag(view)) for view in ("A4C", "A2C")
        }

    def to_picture(self, points: np.ndarray, contraction: float, time: float) -> np.ndarray:
        """(u along the axis from the apex, v to the right of it) to (x, y)."""
        heart, place = self.heart, self.placement
        angle = place.tilt + heart.sway[2] * contraction
        breath = np.sin(2 * np.pi * time / heart.breath[2])
        x0 = place.apex[0] + heart.sway[0] * contraction + heart.breath[0] * breath
        y0 = place.apex[1] + heart.sway[1] * contraction + heart.breath[1] * breath
        sin, cos = np.sin(angle), np.cos(angle)
        u, v = points[..., 0], points[..., 1]
        return np.stack([x0 + u * sin + v * cos, y0 + u * cos - v * sin], -1)

    def left_ventricle(self, left: float, right: float, other: tuple[float, float], length: float) -> tuple:
        """Endocardium (P, 2) and thickness (P,) in axis coordinates at the contraction of each wall."""
        heart, view = self.heart, self.view
        reach = heart.foreshortening[view] * max(wall.radius for wall in heart.walls[self.other])

        def out_of_plane(tau: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
            """How far the plane lies from the axis, and the ventricle's half-width that way."""
            return reach * (1 - tau), sum(heart.radii(self.other, tau, other)) / 2

        first = 0.0
        if reach > 0:
            beside, depth = out_of_plane(SEARCH)
            last = int(np.nonzero(beside >= depth)[0][-1])
            missing, found = (beside - depth)[last : last + 2]
            first = float(SEARCH[last] + (SEARCH[last + 1] - SEARCH[last]) * missing / (missing - found))
        tau = first + (1 - first) * (np.arange(HALF + 1) / HALF) ** 2
        beside, depth = out_of_plane(tau)
        # The plane's cut through an elliptical cross-section, off its middle.
        cut = np.sqrt(np.clip(1 - (beside / np.maximum(depth, 1e-6)) ** 2, 0, 1)) if reach > 0 else 1.0
        radii = [radius * cut for radius in heart.radii(view, tau, (left, right))]
        bend = heart.curvature[view] * length * 4 * tau * (1 - tau)
        points = []
        thickness = []
        for wall, radius, side, amount in zip(heart.walls[view], radii, (-1, 1), (left, right)):
            v = side * radius + bend
            u = tau * length + heart.slant[view] * side * radius * tau**2
            points.append(np.stack([u, v], 1))
            # Muscle is incompressible: the area of its cross-section times the length is kept.
            before = np.maximum(wall.end_diastole(tau), 0.55 * wall.radius)
            now = np.maximum(radius, 0.55 * wall.radius * (1 - heart.gain * max(amount, 0) * wall.weight(tau)))
            area = ((before + wall.thickness) ** 2 - before**2) * heart.length / length
            thickness.append((np.sqrt(now**2 + area) - now) * (0.72 + 0.28 * np.clip(tau / 0.3, 0, 1)))
        line = np.concatenate([points[0][::-1], points[1][1:]])
        thick = np.concatenate([thickness[0][::-1], thickness[1][1:]])
        thick[HALF] = (thick[HALF - 3] + thick[HALF + 3]) / 2
        return line, np.convolve(np.pad(thick, 3, "edge"), np.ones(7) / 7, "valid")

    def outlines(self) -> Outlines:
        time = self.rhythm.frame_times
        amounts = self.contractions(time)
        heart = self.heart
        made: dict[str, list] = {name: [] for name in ("endo", "epi", "la", "rv", "ra", "volume")}
        reference = self.left_ventricle(0, 0, (0, 0), heart.length)[0]
        for frame, now in enumerate(time):
            by_view = {view: tuple(float(wall[frame]) for wall in pair) for view, pair in amounts.items()}
            mean = float(np.mean([amount for pair in by_view.values() for amount in pair]))
            length = heart.axis_length(mean)
            line, thick = self.left_ventricle(*by_view[self.view], by_view[self.other], length)
            outward = -normals(line)
            base = line[-1] - line[0]
            base /= np.hypot(*base)
            blend = np.clip(np.arange(len(line)) / 6, 0, 1)
            weight = (blend * blend[::-1])[:, None]
            sideways = np.where(np.arange(len(line))[:, None] < HALF, -base, base)
            outward = outward * weight + sideways * (1 - weight)
            outer = line + outward / np.hypot(outward[:, 0], outward[:, 1])[:, None] * thick[:, None]
            for _ in range(2):
                outer[1:-1] = 0.25 * outer[:-2] + 0.5 * outer[1:-1] + 0.25 * outer[2:]
            made["endo"].append(self.to_picture(line, mean, now))
            made["epi"].append(self.to_picture(outer, mean, now))
            made["la"].append(self.to_picture(self.left_atrium(line, reference, mean), mean, now))
            made["volume"].append(heart.volume_ml(by_view))
            if self.view == "A4C":
                ventricle, atrium = self.right_heart(outer, reference, length, mean)
                made["rv"].append(self.to_picture(ventricle, mean, now))
                made["ra"].append(self.to_picture(atrium, mean, now))
        whole = {name: np.array(value) for name, value in made.items()}
        four = self.view == "A4C"
        mean_contraction = self.rhythm.contraction(time)
        return Outlines(
            whole["endo"], whole["epi"], whole["la"], whole["rv"] if four else None, whole["ra"] if four else None,
            whole["volume"], mean_contraction, self.rhythm.mitral_opening(time),
        )  # fmt: skip

    def left_atrium(self, line: np.ndarray, reference: np.ndarray, contraction: float) -> np.ndarray:
        """The roof stays where it is, so the atrium fills as the mitral plane descends towards the apex."""
        left, right = line[0], line[-1]
        length, width = self.heart.atrium
        half = np.hypot(*(reference[-1] - reference[0])) / 2 * width * (1 + 0.08 * contraction)
        roof = reference[[0, -1], 0].mean() + length
        middle = (left[1] + right[1]) / 2
        u0 = (left[0] + right[0]) / 2
        tall = roof - u0
        around = [(0.14, 0.9), (0.36, 1.06), (0.6, 0.98), (0.84, 0.64)]
        points = [left, *((u0 + a * tall, middle - b * half) for a, b in around), (roof, middle)]
        points += [*((u0 + a * tall, middle + b * half) for a, b in around[::-1]), right]
        for share in (0.75, 0.5, 0.25):
            points.append(tuple(left + (right - left) * share))
        return np.array(points, float)

    def right_heart(self, outer: np.ndarray, reference: np.ndarray, length: float, contraction: float) -> tuple:
        """Right ventricle and atrium; the septum's side lies inside the LV wall, which is drawn over it."""
        heart = self.heart
        septum = outer[: HALF + 1]
        order = np.argsort(septum[:, 0])

        def at(u: float) -> float:
            return float(np.interp(u, septum[order, 0], septum[order, 1]))

        wide = heart.right * heart.walls["A4C"][0].radius * (1 - 0.28 * contraction)
        base = length * 0.95 + 0.0
        tip = 0.28 * length
        ventricle = [
            (tip, at(tip) - 0.12 * wide), (0.45 * length, at(0.45 * length) - 0.72 * wide),
            (0.66 * length, at(0.66 * length) - 1.2 * wide), (0.86 * length, at(0.86 * length) - 1.42 * wide),
            (base, at(base) - 1.3 * wide), (base + 1, at(base) - 0.6 * wide), (base, at(base) + 3),
            (0.66 * length, at(0.66 * length) + 3), (0.45 * length, at(0.45 * length) + 2),
        ]  # fmt: skip
        edge = reference[0, 1] - 7
        roof = reference[0, 0] + heart.atrium[0] * 0.92
        reach = heart.right * heart.walls["A4C"][0].radius * 1.25 * heart.right_atrium
        tall = roof - base
        atrium = [
            (base + 2, edge - 0.05 * reach), (base + 2, edge - 0.5 * reach), (base + 3, edge - 0.95 * reach),
            (base + 0.35 * tall, edge - 1.2 * reach), (base + 0.7 * tall, edge - 1.1 * reach),
            (base + 0.95 * tall, edge - 0.65 * reach), (base + tall, edge - 0.3 * reach),
            (base + 0.85 * tall, edge + 0.02 * reach), (base + 0.5 * tall, edge + 0.05 * reach),
        ]  # fmt: skip
        return np.array(ventricle, float), np.array(atrium, float)
