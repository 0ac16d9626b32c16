"""Makes paper.json: the scores of the authors' files that the paper's table is made of, and that table with four digits.

    python paper.py FOLDER-OF-SCORES TABLE
"""
import csv
import json
import os
import sys

KEYS = [
    "stats.wasserstein_dist.joint", "stats.jensenshannon_dist.marginal", "stats.chi_squared_test.marginal",
    "stats.alpha_precision.delta_precision_alpha_naive", "stats.alpha_precision.delta_coverage_beta_naive",
    "stats.alpha_precision.authenticity_naive",
    "detection.detection_xgb.mean", "detection.detection_mlp.mean", "detection.detection_gmm.mean", "detection.detection_linear.mean",
    "performance.linear_model.syn_ood", "performance.mlp.syn_ood", "performance.xgb.syn_ood",
]
NAMES = {"CTGAN": "ctgan", "GPT2": "gpt2", "DistilGPT2": "distilgpt", "DialoGPT": "dialogpt"}
COLUMNS = {"wasserstein": 2, "jsd": 3, "chi_squared": 4, "quality": 5, "detection": 7, "ood": 9, "sdis": 12}

rows = []
for line in open(sys.argv[2]):
    cells = [c.strip() for c in line.strip().strip("|").split("|")]
    if len(cells) != 13 or cells[1] not in NAMES:
        continue
    path = os.path.join(sys.argv[1], f"{cells[0]}_{NAMES[cells[1]]}.csv")
    if not os.path.exists(path):
        continue
    means = {r[""]: float(r["mean"]) for r in csv.DictReader(open(path))}
    rows.append(dict(set=cells[0], model=cells[1], scores={k: means[k] for k in KEYS},
                     table={name: float(cells[at]) for name, at in COLUMNS.items()}))
source = "github.com/Mohdkhalil/Repository-supplementary-for-LAK-25-paper--Creating-Artificial-Students-that-Never-Existed a2c1ed7 (Apache-2.0)"
out = dict(source=source, peer="synthcity 0.2.10 or earlier, xgboost 1.7", rows=rows)
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "paper.json"), "w") as f:
    json.dump(out, f, indent=1)
