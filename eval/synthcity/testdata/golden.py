"""What synthcity says of the tables of testdata/tables: python golden.py > tier1-VERSION.json, in the environment of
requirements-0.2.10-torch2.txt (scikit-learn 1.3.2, as all goldens of 0.2.10) or of requirements-0.2.12.txt.

"scores" are those of Metrics.evaluate, "jittered" those of the same encoded and sampled rows with a fixed jitter of 1e-4, so that no
two distances are equal. "domias" has rows that were learned. The jitter comes from numpy's RandomState, which the tests can repeat.

The privacy scores hang on KMeans, whose n_init the peer leaves to its default: 10 before scikit-learn 1.4, and so in 0.2.10 here; 1 since, in 0.2.12.
"""

import io
import json
import sys
import tempfile
import warnings
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")
with redirect_stdout(io.StringIO()):
    from synthcity.metrics import Metrics
    from synthcity.metrics import eval_privacy, eval_sanity, eval_statistical
    from synthcity.plugins.core.dataloader import GenericDataLoader

import synthcity.logger as log

log.remove()
folder = Path(__file__).parent / "tables"
METRICS = {
    "sanity": ["data_mismatch", "common_rows_proportion", "nearest_syn_neighbor_distance", "close_values_probability", "distant_values_probability"],
    "stats": ["jensenshannon_dist", "chi_squared_test", "inv_kl_divergence", "ks_test", "max_mean_discrepancy", "prdc", "alpha_precision"],
    "privacy": ["delta-presence", "k-anonymization", "k-map", "distinct l-diversity", "identifiability_score"],
}
V = version("synthcity")


def evaluate(real, synthetic, metrics=METRICS, train=None, reference=None):
    with tempfile.TemporaryDirectory() as work:
        table = Metrics.evaluate(real, synthetic, train, reference, metrics=metrics, workspace=Path(work), use_cache=False)
    return {k: v for k, v in table["mean"].to_dict().items() if not k.endswith("_OC")}


def encoded(real, synthetic):
    """What Metrics.evaluate hands to the metrics."""
    if V == "0.2.10":
        real, synthetic = real.encode()[0], synthetic.encode()[0]
    else:
        joint = real.decorate(pd.concat([real.dataframe(), synthetic.dataframe()]))
        encoders = joint.encode()[1]
        real, synthetic = real.encode(encoders)[0], synthetic.encode(encoders)[0]
    n = min(len(real), len(synthetic))
    return real.sample(n), synthetic.sample(n)


def jittered(real, synthetic):
    r = np.random.RandomState(12345)
    sides = []
    for x in encoded(real, synthetic):
        df = x.dataframe().astype(float)
        sides.append(x.decorate(df + 1e-4 * r.random_sample(df.shape)))
    scores = {}
    with tempfile.TemporaryDirectory() as work:
        for m in [
            eval_sanity.NearestSyntheticNeighborDistance, eval_sanity.CloseValuesProbability, eval_sanity.DistantValuesProbability,
            eval_statistical.JensenShannonDistance, eval_statistical.ChiSquaredTest, eval_statistical.InverseKLDivergence,
            eval_statistical.KolmogorovSmirnovTest, eval_statistical.MaximumMeanDiscrepancy, eval_statistical.PRDCScore,
            eval_privacy.DeltaPresence, eval_privacy.kAnonymization, eval_privacy.kMap, eval_privacy.lDiversityDistinct,
        ]:
            try:
                scores.update({f"{m.fqdn()}.{k}": float(v) for k, v in m(workspace=Path(work), use_cache=False).evaluate(*sides).items()})
            except Exception as e:
                print(f"  {m.fqdn()}: {str(e).splitlines()[0]}", file=sys.stderr)
        if not np.isfinite(np.vstack([x.numpy() for x in sides])).all():
            return scores
        # Without the one-class net.
        alpha = eval_statistical.AlphaPrecision(workspace=Path(work), use_cache=False)
        a, b = alpha._normalize_covariates(*sides)
        names = ["delta_precision_alpha", "delta_coverage_beta", "authenticity"]
        for name, value in zip(names, alpha.metrics(a.to_numpy(), b.to_numpy())[3:]):
            scores[f"stats.alpha_precision.{name}_naive"] = float(value)
        identify = eval_privacy.IdentifiabilityScore(workspace=Path(work), use_cache=False)
        scores["privacy.identifiability_score.score"] = float(identify._compute_scores(*sides)["score"])
    return scores


def read(name):
    return GenericDataLoader(pd.read_csv(folder / f"{name}.csv.gz"))


out = {
    "versions": {p: version(p) for p in ["synthcity", "numpy", "pandas", "scipy", "scikit-learn", "torch"]},
    "pairs": [],
}
for path in sorted(folder.glob("*_*.csv.gz")):
    synthetic = path.name.removesuffix(".csv.gz")
    real = synthetic.split("_")[0]
    print(synthetic, file=sys.stderr)
    out["pairs"].append({
        "real": real,
        "synthetic": synthetic,
        "scores": evaluate(read(real), read(synthetic)),
        "jittered": jittered(read(real), read(synthetic)),
    })
a = read("A")
attack = {"privacy": ["DomiasMIA_KDE", "DomiasMIA_prior"]}
out["domias"] = {
    # 395 rows, 316 of them learned. The last pair has few columns, so that no covariance is singular.
    "A_ctgan": evaluate(a.test(), read("A_ctgan"), attack, a.train(), read("A_gpt2")),
}
few = ["age", "absences", "G1", "G3"]
cut = [GenericDataLoader(x.dataframe()[few]) for x in (a.test(), read("A_ctgan"), a.train(), read("A_gpt2"))]
out["domias"]["A_ctgan of 4 columns"] = evaluate(cut[0], cut[1], attack, cut[2], cut[3])
json.dump(out, sys.stdout, indent=1)
