"""Writes golden.json: what SDMetrics itself says of the pairs in tables/ (made by tables.py).

usage: python golden.py     (in the environment of requirements-sdmetrics.txt)
"""
import json, math, os, platform, warnings
import numpy as np, pandas as pd, scipy, sdmetrics
from sdmetrics.reports.single_table import DiagnosticReport, QualityReport
from sdmetrics.single_table import DCRBaselineProtection, DCROverfittingProtection, DisclosureProtection, NewRowSynthesis

warnings.filterwarnings("ignore")
HERE = os.path.dirname(os.path.abspath(__file__))
SDTYPE = {"whole": "numerical", "decimal": "numerical", "date": "datetime", "category": "categorical", "key": "id"}
ASKED = {  # known and sensitive columns of the disclosure metric
    "adult": [[["education", "sex"], ["income"]], [["workclass", "race"], ["age", "sex"]], [["age", "hours-per-week"], ["occupation"]]],
    "student": [[["school", "sex", "age"], ["G3"]], [["Mjob", "Fjob"], ["higher", "romantic"]]],
    "numbers": [[["median_income"], ["median_house_value"]]],
    "gaps": [[["group"], ["score"]], [["gender", "group"], ["joined"]], [["score"], ["group", "half"]], [["gender"], ["constant"]]],
}
NEW_ROWS = {  # columns of a second look for new rows, as no row of whole tables comes again
    "adult": ["age", "education", "sex", "hours-per-week"], "student": ["school", "sex", "age", "G3", "failures"],
    "numbers": ["housing_median_age", "ocean_proximity", "median_income"], "gaps": ["group", "half", "joined", "gender", "constant"],
}


def read(pair, role, kinds):
    t = pd.read_csv(os.path.join(HERE, "tables", f"{pair}-{role}.csv.gz"), keep_default_na=False, na_values=[""])
    for c, k in kinds.items():
        if k == "date":
            t[c] = pd.to_datetime(t[c])
    return t


def number(x):
    return None if x is None or math.isnan(x) else float(x)


def scores(report, prop, columns):
    d = report.get_details(prop)
    return [{"columns": [r[c] for c in columns], "score": number(r["Score"])} for _, r in d.iterrows()]


def judge(pair, kinds):
    real, fake, holdout = (read(pair, role, kinds) for role in ("real", "fake", "holdout"))
    meta = {"columns": {c: {"sdtype": SDTYPE[k]} for c, k in kinds.items()}}
    if "id" in kinds:
        meta["primary_key"] = "id"
    nested = {"tables": {"t": meta}}
    quality, diagnostic = QualityReport(), DiagnosticReport()
    quality.generate(real, fake, meta, verbose=False)
    diagnostic.generate(real, fake, meta, verbose=False)
    q, d = (r.get_properties().set_index("Property").Score for r in (quality, diagnostic))
    out = {
        "sdmetrics.quality": quality.get_score(), "sdmetrics.shapes": q["Column Shapes"], "sdmetrics.pairs": q["Column Pair Trends"],
        "sdmetrics.diagnostic": diagnostic.get_score(), "sdmetrics.validity": d["Data Validity"], "sdmetrics.structure": d["Data Structure"],
        "sdmetrics.new_rows": NewRowSynthesis.compute(real, fake, meta),
    }
    o = DCROverfittingProtection.compute_breakdown(real, fake, holdout, nested, "t")
    out["sdmetrics.dcr_overfitting"] = o["score"]
    out["sdmetrics.dcr_overfitting.closer"] = o["synthetic_data_percentages"]["closer_to_training"]
    drawn = [DCRBaselineProtection.compute_breakdown(real, fake, nested, "t")["median_DCR_to_real_data"] for _ in range(20)]
    out["sdmetrics.dcr_baseline.synthetic"] = drawn[0]["synthetic_data"]
    random = [x["random_data_baseline"] for x in drawn]
    disclosure = []
    for known, sensitive in ASKED[pair]:
        numbers = [c for c in known + sensitive if kinds[c] in ("whole", "decimal")]
        b = DisclosureProtection.compute_breakdown(real[known + sensitive], fake[known + sensitive], known, sensitive, continuous_column_names=numbers or None)
        disclosure.append({"known": known, "sensitive": sensitive, "scores": [number(b[k]) for k in ("score", "cap_protection", "baseline_protection")]})
    few = NEW_ROWS[pair]
    new = NewRowSynthesis.compute(real[few], fake[few], {"columns": {c: meta["columns"][c] for c in few}})
    return {
        "newrows": {"columns": few, "score": number(new)},
        "rows": [len(real), len(fake), len(holdout)], "scores": {k: number(v) for k, v in out.items()}, "random": [float(np.mean(random)), float(np.std(random))],
        "shapes": scores(quality, "Column Shapes", ["Column"]), "pairs": scores(quality, "Column Pair Trends", ["Column 1", "Column 2"]),
        "validity": [x for x in scores(diagnostic, "Data Validity", ["Column"]) if x["score"] is not None], "disclosure": disclosure,
    }


if __name__ == "__main__":
    kinds = json.load(open(os.path.join(HERE, "tables", "kinds.json")))
    versions = {"sdmetrics": sdmetrics.__version__, "pandas": pd.__version__, "numpy": np.__version__, "scipy": scipy.__version__, "python": platform.python_version()}
    json.dump({"versions": versions, "pairs": {p: judge(p, k) for p, k in kinds.items()}}, open(os.path.join(HERE, "golden.json"), "w"), indent=0)
