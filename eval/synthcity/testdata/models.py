"""Makes models.json: numbers of geomloss and scikit-learn that sinkhorn_test.go and gmm_test.go must meet. The tables are
drawn from numpy's RandomState, which internal/numpy draws bit for bit, so no table needs to be kept. The environment is
requirements-0.2.12.txt.

    python models.py
"""
import json
import os

import geomloss
import numpy as np
import sklearn
import torch
from sklearn.mixture import GaussianMixture
from sklearn.preprocessing import MinMaxScaler

HERE = os.path.dirname(os.path.abspath(__file__))


def table(rows, cols, seed, shift, scale):
    """Every second column has three values; the others are numbers. Column 0 is `scale` times as large."""
    x = np.random.RandomState(seed).random_sample((rows, cols)) + shift
    x[:, 1::2] = np.floor(3 * x[:, 1::2]) / 2
    x[:, 0] *= scale
    return x


def sinkhorn(rows, others, cols, shift, scale):
    x, y = table(rows, cols, 1, 0, scale), table(others, cols, 2, shift, scale)
    s = MinMaxScaler().fit(x)
    value = geomloss.SamplesLoss(loss="sinkhorn")(torch.from_numpy(s.transform(x)), torch.from_numpy(s.transform(y)))
    return dict(rows=rows, others=others, cols=cols, shift=shift, scale=scale, value=value.item())


class Labelled(GaussianMixture):
    """Begins with a component for each row in place of k-means."""

    def _initialize_parameters(self, X, random_state, xp=None):
        self._initialize(X, np.eye(self.n_components)[np.arange(len(X)) % self.n_components])


def mixture(rows, cols, components, scale):
    x, ask = table(rows, cols, 3, 0, scale), table(50, cols, 4, 0.1, scale)
    m = Labelled(n_components=components).fit(x)
    return dict(rows=rows, cols=cols, components=components, scale=scale, steps=m.n_iter_,
                weights=m.weights_.tolist(), proba=m.predict_proba(ask).round(9).tolist(), score=m.score(ask))


out = dict(
    versions={m.__name__: m.__version__ for m in (geomloss, torch, sklearn, np)},
    sinkhorn=[sinkhorn(*a) for a in ((79, 79, 33, .1, 1), (652, 652, 12, .02, 1e6), (1500, 1100, 30, .05, 1), (200, 200, 1, .3, 1), (400, 300, 8, 3.0, 10))],
    mixture=[mixture(*a) for a in ((300, 4, 3, 1), (1200, 9, 10, 1), (900, 6, 4, 1000))],
)
with open(os.path.join(HERE, "models.json"), "w") as f:
    json.dump(out, f, indent=1)
