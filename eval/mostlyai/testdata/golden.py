"""Writes golden.json: what mostlyai-qa itself says of the pairs in ../../sdmetrics/testdata/tables (made by tables.py there).

usage: python golden.py     (in the environment of requirements-mostlyai.txt)

Keys and texts are left out, as the package draws words of them at random. Distances are of the numbers and dates alone, of the first rows
that all three tables have, so that the package draws none, and, to stay below its ten dimensions, of the first columns.
Two kinds of education of the pair adult are equally frequent where the package cuts; which one it keeps differs between computers.
"""
import importlib.metadata, json, os, platform, warnings
import pandas as pd
from joblib import parallel_config
from mostlyai.qa import _accuracy, _distances, _sampling

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
TABLES = os.path.join(HERE, "..", "..", "sdmetrics", "testdata", "tables")
DISTANCES = {"numbers": 9, "adult": 6, "gaps": 6, "student": 9}  # columns


def read(pair, role, kinds):
    t = pd.read_csv(os.path.join(TABLES, f"{pair}-{role}.csv.gz"), keep_default_na=False, na_values=[""])
    for c, k in kinds.items():
        if k == "date":
            t[c] = pd.to_datetime(t[c])
    return t[[c for c, k in kinds.items() if k != "key"]]


def number(x):
    return None if x is None else float(x)


def accuracy(tables, with_holdout):
    real, fake, holdout = (t.copy() for t in tables)
    trn = _sampling.prepare_data_for_accuracy(df_tgt=real, setup="1:1")
    hol = _sampling.prepare_data_for_accuracy(df_tgt=holdout, setup="1:1", ori_dtypes=trn.dtypes.to_dict())
    syn = _sampling.prepare_data_for_accuracy(df_tgt=fake, setup="1:1", ori_dtypes=trn.dtypes.to_dict())
    ori = pd.concat([trn, hol], axis=0, ignore_index=True) if with_holdout else trn
    ori_bin, bins = _accuracy.bin_data(ori, bins=10)
    syn_bin, _ = _accuracy.bin_data(syn, bins=bins)
    uni, biv, tri = (f(ori_bin, syn_bin) for f in (_accuracy.calculate_univariates, _accuracy.calculate_bivariates, _accuracy.calculate_trivariates))
    out = {}
    for level, d in (("univariate", uni), ("bivariate", biv), ("trivariate", tri)):
        out[level], out[level + "_max"] = float(d.accuracy.mean()), float(d.accuracy_max.mean())
    cut = len("tgt::")
    columns = {r.column[cut:]: [float(r.accuracy), float(r.accuracy_max)] for r in uni.itertuples()}
    pairs = {f"{r.col1[cut:]}|{r.col2[cut:]}": [float(r.accuracy), float(r.accuracy_max)] for r in biv.itertuples() if r.col1 < r.col2}
    return {"scores": out, "columns": columns, "pairs": pairs, "text": sorted(c for c in real if any(_sampling.is_text_heuristic(t[c].astype(object) if t[c].dtype.kind not in "fiMb" else t[c]) for t in tables))}


def distances(tables, kinds, columns):
    names = [c for c, k in kinds.items() if k in ("whole", "decimal", "date")][:columns]
    rows = min(len(t) for t in tables)
    real, fake, holdout = (t[names].head(rows).reset_index(drop=True) for t in tables)
    out = {"columns": names, "rows": rows}
    for key, hol in (("scores", holdout), ("without", None)):
        syn_e, trn_e, hol_e = _sampling.prepare_data_for_embeddings(syn_tgt_data=fake, trn_tgt_data=real, hol_tgt_data=hol)
        d = _distances.calculate_distances(syn_embeds=syn_e, trn_embeds=trn_e, hol_embeds=hol_e)
        s = {}
        for field, at in (("training", "syn_trn"), ("holdout", "syn_hol"), ("trn_hol", "trn_hol")):
            if d["dcr_" + at] is not None:
                s["ims_" + field] = _distances.calculate_ims(d["dcr_" + at])
                s["dcr_" + field] = _distances.calculate_dcr(d["dcr_" + at])
                s["nndr_" + field] = _distances.calculate_nndr(d["nndr_" + at])
        if hol is not None:
            s["dcr_share"] = _distances.calculate_dcr_share(d["dcr_syn_trn"], d["dcr_syn_hol"])
        out[key], out["dims"] = {k: number(v) for k, v in s.items()}, trn_e.shape[1]
    return out


if __name__ == "__main__":
    kinds = json.load(open(os.path.join(TABLES, "kinds.json")))
    pairs = {}
    with parallel_config(backend="sequential"):
        for pair, k in kinds.items():
            tables = [read(pair, role, k) for role in ("real", "fake", "holdout")]
            pairs[pair] = {"accuracy": accuracy(tables, True), "alone": accuracy(tables, False)["scores"], "distances": distances(tables, k, DISTANCES[pair])}
    versions = {p: importlib.metadata.version(p) for p in ("mostlyai-qa", "pandas", "numpy", "scikit-learn")} | {"python": platform.python_version()}
    json.dump({"versions": versions, "pairs": pairs}, open(os.path.join(HERE, "golden.json"), "w"), indent=0)
