#!/usr/bin/env python3
"""Writes the numbers that `src/stats` is held to, worked out by scipy, numpy and scikit-learn.

    python tests/stats/generate.py > tests/stats/expected.json

McNemar's exact test is `scipy.stats.binomtest`; the expected calibration error goes over the bins of scikit-learn's
`calibration_curve` (Guo et al. 2017), weighted by how many answers each holds; precision and recall are scikit-learn's.
"""

import json

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve
from sklearn.metrics import precision_score, recall_score

PAIRS = [(12, 5), (0, 6), (1, 1), (30, 12), (3, 3), (250, 200), (1500, 1380), (40, 2)]
BINS = 10


def mcnemar():
    return [[b, c, binomtest(min(b, c), b + c, 0.5).pvalue] for b, c in PAIRS]


def calibration(random):
    # None at the edge of a bin: there scikit-learn and we take different sides.
    sure = np.round(random.uniform(0.5, 1.0, 200), 4)
    sure[np.isclose(sure * BINS, np.round(sure * BINS))] += 1e-3
    right = random.uniform(size=200) < 0.4 + 0.4 * sure
    accuracy, sureness = calibration_curve(right, sure, n_bins=BINS)
    counts = np.histogram(sure, bins=BINS, range=(0, 1))[0]
    error = float(np.sum(counts[counts > 0] * np.abs(accuracy - sureness)) / len(sure))
    return {"bins": BINS, "sureness": sure.tolist(), "right": right.tolist(), "expected_error": error}


def threshold(random):
    truth = random.uniform(size=120) < 0.4
    probability = np.round(np.clip(random.normal(0.35 + 0.3 * truth, 0.2), 0, 1), 3)
    at = [0.1, 0.25, 0.4, 0.5, 0.6, 0.75]
    scores = [[t, precision_score(truth, probability >= t), recall_score(truth, probability >= t)] for t in at]
    return {"probability": probability.tolist(), "truth": truth.tolist(), "scores": scores}


def main():
    random = np.random.default_rng(14)
    numbers = {
        "made_with": {"numpy": np.__version__, "scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
        "mcnemar": mcnemar(),
        "calibration": calibration(random),
        "threshold": threshold(random),
    }
    print(json.dumps(numbers))


if __name__ == "__main__":
    main()
