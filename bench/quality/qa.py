"""mostlyai-qa's numbers of one synthetic table, as those stored beside the peers' were made.

    python qa.py SET FILE [-o OUT.qa.json] [--peers FOLDER]

In an environment with requirements-qa.txt. Accuracy of one, two and three columns, and what real rows that nobody learned reach (_max); how many of the
synthetic rows are nearer to a row learned than to one that was not (dcr_share; no memory: 0.5). Its plots and its page, most of its time, are left out.
Written as scores/SET/NAME.qa.json, beside NAME.json, table.py shows it.
"""
import argparse
import json
import os
import sys
import tempfile
import warnings

import numpy as np
import pandas as pd

from sets import PEERS, SETS

LARGEST = 5000  # rows whose distances are looked at, as for the peers


def load(path, schema):
    try:
        raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as e:
        sys.exit(f"qa: {path}: can't be read: {e}")
    if lost := [c for c in schema["columns"] if c not in raw]:
        sys.exit(f"qa: {path}: {len(lost)} columns are missing, the first is {lost[0]}")
    out = {}
    for c, m in schema["columns"].items():
        out[c] = raw[c].where(raw[c] != "", None) if m["kind"] == "cat" else pd.to_numeric(raw[c].replace("", np.nan), errors="coerce")
    return pd.DataFrame(out)


def quiet(reporting):
    """Leaves out what draws."""
    def nothing(*_, **__):
        return None
    for name in [k for k in vars(reporting) if k.startswith("plot_store_")]:
        setattr(reporting, name, nothing)
    reporting._html_report.store_report = reporting._similarity.plot_store_similarity_contours = reporting._distances.plot_store_distances = nothing
    reporting.calculate_numeric_uni_kdes = reporting.calculate_categorical_uni_counts = lambda *_, **__: {}
    reporting.calculate_bin_counts = lambda *_, **__: ({}, {})
    s = reporting.Statistics
    s.store_bin_counts = s.store_numeric_uni_kdes = s.store_categorical_uni_counts = nothing


def qa(folder, path):
    from joblib import parallel_config
    from mostlyai import qa as package
    from mostlyai.qa import reporting
    quiet(reporting)
    with open(os.path.join(folder, "schema.json"), encoding="utf-8") as f:
        schema = json.load(f)
    learned, unseen, synthetic = (load(p, schema) for p in (os.path.join(folder, "train.csv.gz"), os.path.join(folder, "test.csv.gz"), path))
    with tempfile.TemporaryDirectory() as scratch, parallel_config(backend="sequential"):
        _, metrics = package.report(syn_tgt_data=synthetic.head(len(learned)), trn_tgt_data=learned, hol_tgt_data=unseen,
                                    report_path=os.path.join(scratch, "r.html"), max_sample_size_embeddings=LARGEST)
    return metrics.model_dump()


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("set", choices=SETS)
    p.add_argument("file")
    p.add_argument("-o", metavar="OUT.qa.json")
    p.add_argument("--peers", default=PEERS, metavar="FOLDER")
    a = p.parse_args()
    warnings.filterwarnings("ignore")
    text = json.dumps(qa(os.path.join(a.peers, "splits", a.set), a.file), indent=1)
    if not a.o:
        return print(text)
    with open(a.o, "w", encoding="utf-8") as f:
        f.write(text + "\n")


if __name__ == "__main__":
    main()
