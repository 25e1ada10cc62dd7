"""The protocol's numbers against independent computations: brute force, SciPy, and sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cdist, directed_hausdorff

from gdkvm.evaluation.ejection import (
    BeatVolumes,
    agreement,
    ejection_fraction,
    percent_errors,
    surrogate_volume,
)
from gdkvm.evaluation.intervals import patient_mean
from gdkvm.evaluation.masks import field_of_view_diagonal, score_mask, score_row_by_row, surface


def border(mask: np.ndarray) -> np.ndarray:
    """Rows and columns of pixels with a background pixel above, below, left or right, found one by one."""
    found = []
    for row, column in zip(*np.nonzero(mask)):
        near = [(row - 1, column), (row + 1, column), (row, column - 1), (row, column + 1)]
        if any(not (0 <= r < mask.shape[0] and 0 <= c < mask.shape[1]) or not mask[r, c] for r, c in near):
            found.append((row, column))
    return np.array(found, float)


def blobs(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:40, 0:52]
    masks = []
    for _ in range(2):
        cy, cx, a, b = rng.uniform([15, 20, 6, 5], [25, 32, 14, 18])
        masks.append(((y - cy) / a) ** 2 + ((x - cx) / b) ** 2 < 1)
    masks[0] |= rng.random(masks[0].shape) < 0.01
    return masks[0], masks[1]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("spacing", [(1.0, 1.0), (0.8, 0.31)])
def test_distances_equal_a_brute_force_search(seed: int, spacing: tuple[float, float]) -> None:
    found, truth = blobs(seed)
    a, b = border(found) * spacing, border(truth) * spacing
    between = cdist(a, b)
    there, back = between.min(1), between.min(0)
    score = score_mask(found, truth, spacing)
    assert score.hd == pytest.approx(max(directed_hausdorff(a, b)[0], directed_hausdorff(b, a)[0]))
    assert score.hd95 == pytest.approx(max(np.percentile(there, 95), np.percentile(back, 95)))
    assert score.asd == pytest.approx((there.sum() + back.sum()) / (len(there) + len(back)))
    assert score.dice == pytest.approx(2 * (found & truth).sum() / (found.sum() + truth.sum()))
    assert score.iou == pytest.approx(score.dice / (2 - score.dice))


def test_small_masks_by_hand() -> None:
    found, truth = np.zeros((5, 6), bool), np.zeros((5, 6), bool)
    found[1:4, 1:4] = True
    truth[1:4, 2:5] = True
    # Eight border pixels each. From found: the left column is 2 from the right mask's left column at 1 -> distance 1,
    # and the inner pixels of found's border on truth's border are at 0.
    assert surface(found).sum() == 8 and not surface(found)[2, 2]
    score = score_mask(found, truth, (1.0, 2.0))
    assert (score.dice, score.iou) == (pytest.approx(12 / 18), pytest.approx(6 / 12))
    assert score.hd == 2.0  # one column of 2 mm
    # found's border has 3 pixels at 2 mm, its (2, 3) at 1 mm from (1, 3) above, and 4 on the other border; as does
    # truth's. The 95th percentile of 0 0 0 0 1 2 2 2 is 2, the mean 7/8.
    assert score.hd95 == 2.0
    assert score.asd == pytest.approx(7 / 8)


def test_hd95_is_the_larger_direction_not_that_of_both_together() -> None:
    truth = np.zeros((40, 120), bool)
    truth[18:22, 5:115] = True
    found = truth.copy()
    found[0:3, 60] = True  # three stray pixels: few of both together, but found's own percentile
    found[18:22, 30:115] = False
    score = score_mask(found, truth)
    there = cdist(border(found), border(truth)).min(1)
    back = cdist(border(found), border(truth)).min(0)
    assert score.hd95 == pytest.approx(max(np.percentile(there, 95), np.percentile(back, 95)))
    assert score.hd95 != pytest.approx(np.percentile(np.concatenate([there, back]), 95))


def test_borders_of_the_picture_are_surface() -> None:
    mask = np.ones((4, 4), bool)
    assert surface(mask).sum() == 12


def test_empty_masks() -> None:
    empty, full = np.zeros((30, 40), bool), np.zeros((30, 40), bool)
    full[4:9, 5:20] = True
    both = score_mask(empty, empty, (0.5, 0.5))
    assert both.empty == "both" and np.isnan([both.dice, both.iou, both.hd, both.hd95, both.asd]).all()
    far = np.hypot(29 * 0.5, 39 * 0.25)
    assert field_of_view_diagonal((30, 40), (0.5, 0.25)) == pytest.approx(far)
    for pair in ((empty, full), (full, empty)):
        one = score_mask(*pair, (0.5, 0.25))
        assert one.empty == "one" and one.dice == one.iou == 0
        assert one.hd == one.hd95 == one.asd == pytest.approx(far)
    with pytest.raises(ValueError, match="boolean and of one shape"):
        score_mask(full, full[:4])


def test_row_by_row_as_the_historical_evaluator_scored() -> None:
    found, truth = np.zeros((4, 5), bool), np.zeros((4, 5), bool)
    found[1, 0:2] = truth[1, 0:2] = True  # 1
    found[2, 0:3] = True
    truth[2, 1:5] = True  # 2 in common, 3 + 4: Dice 4/7, IoU 2/5
    found[3, 0] = True  # nothing in common: 0
    dice, iou = score_row_by_row(found, truth)
    assert dice == pytest.approx((1 + 1 + 4 / 7 + 0) / 4, abs=1e-5)
    assert iou == pytest.approx((1 + 1 + 2 / 5 + 0) / 4, abs=1e-5)
    empty = np.zeros((4, 5), bool)
    assert score_row_by_row(empty, empty) == (1.0, 1.0)


def test_interval_is_of_patient_means() -> None:
    patients = [f"p{index // 4}" for index in range(40)]
    values = np.random.default_rng(3).normal(0.9, 0.05, 40)
    found = patient_mean(values.tolist(), patients, 42)
    generator = np.random.default_rng(42)
    means = values.reshape(10, 4).mean(1)
    drawn = [generator.choice(means, 10, replace=True).mean() for _ in range(2000)]
    assert found.value == pytest.approx(values.mean()) and found.n == 40
    assert (found.lower95, found.upper95) == pytest.approx(tuple(np.percentile(drawn, [2.5, 97.5])))
    holes = patient_mean([float("nan"), 0.5], ["a", "b"], 42)
    assert (holes.value, holes.n) == (0.5, 1)
    assert patient_mean([], [], 42).n == 0


def test_surrogate_volume_of_a_rectangle_by_hand() -> None:
    mask = np.zeros((40, 40), bool)
    mask[5:25, 10:18] = True  # 20 x 8
    # Variance of k whole numbers in a row is (k^2 - 1) / 12; the ellipse's major axis is 4 standard deviations.
    length = 4 * np.sqrt((20**2 - 1) / 12)
    assert surrogate_volume(mask) == pytest.approx(8 * 160**2 / (3 * np.pi * length))
    assert surrogate_volume(np.zeros((9, 9), bool)) == 0
    # All foreground is one region, whatever its parts.
    mask[30, 30] = True
    rows, columns = np.nonzero(mask)
    covariance = np.cov(np.stack([rows, columns]), ddof=0)
    length = 4 * np.sqrt(np.linalg.eigvalsh(covariance)[-1])
    assert surrogate_volume(mask) == pytest.approx(8 * 161**2 / (3 * np.pi * length))


# Ellipses of 31 x 60 and 23 x 48 pixels, tilted by 20 degrees: 1,459 and 871 pixels; from the eigenvalues of their
# pixels' covariance.
@pytest.mark.parametrize(("a", "b", "expected"), [(15.5, 30.0, 30096.501), (11.5, 24.0, 13464.058)])
def test_surrogate_volume_of_ellipses_is_as_recorded(a: float, b: float, expected: float) -> None:
    y, x = np.mgrid[0:96, 0:96] - 48.0
    u, v = x * np.cos(0.349) + y * np.sin(0.349), -x * np.sin(0.349) + y * np.cos(0.349)
    mask = (u / a) ** 2 + (v / b) ** 2 <= 1
    # An ellipsoid of revolution has 4/3 pi a^2 b.
    assert expected == pytest.approx(4 / 3 * np.pi * a * a * b, rel=0.02)
    assert surrogate_volume(mask) == pytest.approx(expected, rel=1e-5)


def test_agreement_by_hand() -> None:
    found, truth = [50.0, 62.0, 41.0, 30.0], [52.0, 60.0, 45.0, 28.0]
    values = agreement(found, truth, list("abcd"))
    errors = np.array([-2.0, 2, -4, 2])
    assert values.n == 4 and values.undefined == 0
    assert values.mae.value == 2.5 and values.bias == -0.5
    assert values.rmse == pytest.approx(np.sqrt(28 / 4))
    sd = np.sqrt(((errors + 0.5) ** 2).sum() / 3)
    assert values.sd == pytest.approx(sd)
    assert (values.lower_limit, values.upper_limit) == pytest.approx((-0.5 - 1.96 * sd, -0.5 + 1.96 * sd))
    spread = sum((value - 46.25) ** 2 for value in truth)
    assert values.r2 == pytest.approx(1 - 28 / spread)
    assert values.r == pytest.approx(np.corrcoef(found, truth)[0, 1])


def test_missing_values_are_left_out_and_counted() -> None:
    values = agreement([50.0, float("nan")], [40.0, 45.0], ["a", "b"])
    assert (values.n, values.undefined, values.mae.value) == (1, 1, 10.0)
    assert np.isnan(values.sd) and np.isnan(values.r)
    assert agreement([], [], []).n == 0
    assert ejection_fraction(100, 40) == 60 and np.isnan(ejection_fraction(0, 0))
    assert ejection_fraction(100, 130) == -30
    beat = BeatVolumes("k", "p", "A4C", "disks", "ml", 100, 50, 120, 48)
    assert (beat.found_ef, beat.true_ef) == (50, 60)
    assert percent_errors([110, 50], [100, 0])[0] == pytest.approx(10)
