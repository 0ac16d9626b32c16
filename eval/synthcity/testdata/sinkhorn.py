"""What synthcity says of wasserstein_dist for the pairs of testdata/tables: python sinkhorn.py writes
sinkhorn-VERSION.json, in the environment of requirements-VERSION.txt. It is apart from golden.py since it is equal to 1e-6 only.
"""

import io
import json
import sys
import tempfile
import warnings
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path

import pandas as pd

warnings.filterwarnings("ignore")
with redirect_stdout(io.StringIO()):
    from synthcity.metrics import Metrics
    from synthcity.plugins.core.dataloader import GenericDataLoader

import synthcity.logger as log

log.remove()
here = Path(__file__).parent


def read(name):
    return GenericDataLoader(pd.read_csv(here / "tables" / f"{name}.csv.gz"))


pairs = {}
for path in sorted((here / "tables").glob("*_*.csv.gz")):
    name = path.name.removesuffix(".csv.gz")
    print(name, file=sys.stderr)
    with tempfile.TemporaryDirectory() as work:
        table = Metrics.evaluate(read(name.split("_")[0]), read(name), metrics={"stats": ["wasserstein_dist"]}, workspace=Path(work), use_cache=False)
    pairs[name] = table["mean"].to_dict().get("stats.wasserstein_dist.joint")
versions = {p: version(p) for p in ["synthcity", "geomloss", "numpy", "pandas", "scikit-learn", "torch"]}
(here / f"sinkhorn-{versions['synthcity']}.json").write_text(json.dumps({"versions": versions, "pairs": pairs}, indent=1) + "\n")
