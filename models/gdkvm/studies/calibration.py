"""Logistic regression with known signs, and how well its values tell bad frames from good ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.stats import rankdata

DROPPED_BELOW = 0.02  # standardised weights this small change nothing
LEAST_GAIN = 0.01  # of the area under the curve by which a further feature has to help


@dataclass(frozen=True)
class Fit:
    """value = 1 / (1 + exp(-(bias + features . weights))), the fitted probability that a frame is good."""

    weights: np.ndarray  # (F,), 0 for features that are left out
    bias: float

    def log_odds(self, table: np.ndarray) -> np.ndarray:
        """(N, F) -> (N,)"""
        return self.bias + table @ self.weights

    def values(self, table: np.ndarray) -> np.ndarray:
        """(N, F) -> (N,)"""
        return 1 / (1 + np.exp(-self.log_odds(table)))


def fit_logistic(table: np.ndarray, good: np.ndarray, signs: Sequence[int], penalty: float = 1.0) -> Fit:
    """Maximum likelihood with a ridge on standardised weights, whose signs are given: 1, -1, or 0 for free.

    table (N, F), good (N,) bool. What is known of a feature (a frame with more undecided pixels is never better) keeps
    the fit sensible on pictures unlike any it was made with.
    """
    if good.all() or not good.any():
        raise ValueError("a confidence needs both good and bad frames to be fitted on; degrade more, or take more data")
    middle, spread = table.mean(0), np.maximum(table.std(0), 1e-9)
    scaled = (table - middle) / spread
    target = good.astype(np.float64)

    def loss(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logits = parameters[0] + scaled @ parameters[1:]
        value = np.logaddexp(0, logits).sum() - (target * logits).sum() + penalty / 2 * (parameters[1:] ** 2).sum()
        residual = 1 / (1 + np.exp(-logits)) - target
        return float(value), np.concatenate([[residual.sum()], scaled.T @ residual + penalty * parameters[1:]])

    bounds = [(None, None)] + [{1: (0, None), -1: (None, 0), 0: (None, None)}[sign] for sign in signs]
    found = minimize(loss, np.zeros(table.shape[1] + 1), jac=True, method="L-BFGS-B", bounds=bounds).x
    kept = np.where(np.abs(found[1:]) < DROPPED_BELOW, 0.0, found[1:])
    weights = kept / spread
    return Fit(weights, float(found[0] - middle @ weights))


def folds_by_group(groups: np.ndarray, count: int, seed: int = 42) -> np.ndarray:
    """Fold of every row; rows of a group share one. groups (N,) of names -> (N,) in 0 to count - 1"""
    names, member = np.unique(groups, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    return (order % count)[member]


def held_out_values(
    table: np.ndarray, good: np.ndarray, groups: np.ndarray, signs: Sequence[int], folds: int = 5
) -> np.ndarray:
    """Values of every row by a fit that saw no row of its group. (N,)"""
    fold = folds_by_group(groups, folds)
    values = np.empty(len(table))
    for index in range(folds):
        inside = fold == index
        values[inside] = fit_logistic(table[~inside], good[~inside], signs).values(table[inside])
    return values


def worthwhile_features(
    table: np.ndarray, good: np.ndarray, groups: np.ndarray, signs: Sequence[int], folds: int = 5
) -> list[int]:
    """Columns that are worth fitting: the best alone, then others as long as each helps on groups not fitted on.

    With few bad frames a fit of all columns leans on some that only happen to tell these apart.
    """
    chosen: list[int] = []
    best = 0.0
    while len(chosen) < table.shape[1]:
        reached = {}
        for column in set(range(table.shape[1])) - set(chosen):
            columns = [*chosen, column]
            values = held_out_values(table[:, columns], good, groups, [signs[at] for at in columns], folds)
            reached[column] = area_under_curve(values, good)
        column = max(reached, key=lambda column: reached[column])
        if reached[column] < best + LEAST_GAIN:
            break
        best = reached[column]
        chosen.append(column)
    return sorted(chosen)


def fit_worthwhile(
    table: np.ndarray, good: np.ndarray, groups: np.ndarray, signs: Sequence[int], folds: int = 5
) -> Fit:
    """:func:`fit_logistic` of the worthwhile columns; the weights of the others are 0."""
    columns = worthwhile_features(table, good, groups, signs, folds)
    fit = fit_logistic(table[:, columns], good, [signs[at] for at in columns])
    weights = np.zeros(table.shape[1])
    weights[columns] = fit.weights
    return Fit(weights, fit.bias)


def area_under_curve(values: np.ndarray, good: np.ndarray) -> float:
    """Probability that a good frame has the higher value than a bad one, ties half; not a number without both."""
    goods, bads = int(good.sum()), int((~good).sum())
    if not goods or not bads:
        return float("nan")
    return float((rankdata(values)[good].sum() - goods * (goods + 1) / 2) / (goods * bads))


def roc(values: np.ndarray, good: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """False and true positive rates of flagging, most suspect first. ``positive`` is a bad frame that is flagged."""
    order = np.argsort(values, kind="stable")
    bad = ~good[order]
    true = np.concatenate([[0], np.cumsum(bad) / max(1, bad.sum())])
    false = np.concatenate([[0], np.cumsum(~bad) / max(1, (~bad).sum())])
    return false, true
