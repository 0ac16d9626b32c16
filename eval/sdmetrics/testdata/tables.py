"""Cuts small tables out of the data that peers were measured on, as tables/PAIR-{real,fake,holdout}.csv.gz and kinds.json.

usage: python tables.py PEERS     (PEERS has splits/SET/{train,test}.csv.gz and peers/SET/GENERATOR.csv.gz; pandas and numpy of requirements-sdmetrics.txt)

Pair "gaps" gets, beside what its data has: gaps in a number, a date, a constant, a column with no value in one row of four and a key.
"""
import gzip, io, json, os, sys
import numpy as np, pandas as pd

HERE = os.path.dirname(os.path.abspath(__file__))
PAIRS = {  # set, generator, rows of real, fake and holdout
    "adult": ("adult", "sdv_ctgan", 601, 457, 307),
    "student": ("student-mat", "tabularargn", 311, 293, 79),
    "numbers": ("california", "sdv_gaussian_copula", 400, 400, 400),
    "gaps": ("paperB1", "sdv_tvae", 503, 401, 307),
}


def read(path, schema):
    raw = pd.read_csv(path, dtype=str, keep_default_na=False)
    return pd.DataFrame({c: raw[c].where(raw[c] != "", None) if m["kind"] == "cat" else pd.to_numeric(raw[c].replace("", np.nan), errors="coerce")
                         for c, m in schema["columns"].items()})


def widen(t, seed):
    """Gives a table what its data lacks."""
    g = np.random.default_rng(seed)
    number = next(c for c in t if t[c].dtype != object and t[c].nunique() > 5)
    rank = t[number].rank(pct=True)
    t["joined"] = pd.Timestamp("2013-09-01") + pd.to_timedelta((rank * 300 + g.normal(size=len(t)) * 30).round().astype(int), unit="D")
    t["score"] = (rank * 10 + g.normal(size=len(t))).round(3)
    t["half"] = (rank * 4 + g.normal(size=len(t)) / 2).round() / 2
    t["constant"] = 7
    t["group"] = np.where(g.random(len(t)) < .8, np.where(rank > .6, "high", np.where(rank > .3, "middle", "low")), "other")
    t["id"] = ["p%04d" % (i if seed != 2 else i // 2 * 2) for i in range(len(t))]
    for c, share in (("score", .1), ("joined", .07), ("group", .25)):
        t[c] = t[c].where(g.random(len(t)) >= share)
    return t


def kind(c):
    if c.name == "id":
        return "key"
    if str(c.dtype).startswith("datetime"):
        return "date"
    if c.dtype == object or not pd.api.types.is_numeric_dtype(c):
        return "category"
    return "whole" if (c.dropna() == c.dropna().round()).all() else "decimal"


def write(t, name):
    t = t.copy()
    for c in t:
        if str(t[c].dtype).startswith("datetime"):
            t[c] = t[c].dt.strftime("%Y-%m-%d")
        elif kind(t[c]) == "whole":
            t[c] = t[c].astype("Int64")
    with open(os.path.join(HERE, "tables", name + ".csv.gz"), "wb") as f, gzip.GzipFile(fileobj=f, mode="wb", mtime=0, filename="") as z:
        z.write(t.to_csv(index=False).encode())


def main(peers):
    os.makedirs(os.path.join(HERE, "tables"), exist_ok=True)
    kinds = {}
    for pair, (name, generator, *rows) in PAIRS.items():
        split = os.path.join(peers, "splits", name)
        schema = json.load(open(os.path.join(split, "schema.json")))
        paths = [os.path.join(split, "train.csv.gz"), os.path.join(peers, "peers", name, generator + ".csv.gz"), os.path.join(split, "test.csv.gz")]
        tables = [read(p, schema).head(n).copy() for p, n in zip(paths, rows)]
        if pair == "gaps":
            tables = [widen(t, seed) for seed, t in enumerate(tables, 1)]
        kinds[pair] = {c: max((kind(t[c]) for t in tables), key=["whole", "decimal", "date", "category", "key"].index) for c in tables[0]}
        for t, role in zip(tables, ("real", "fake", "holdout")):
            for c in t:
                if kinds[pair][c] == "whole" and t[c].notna().all():
                    t[c] = t[c].astype("int64")
            write(t, pair + "-" + role)
    json.dump(kinds, open(os.path.join(HERE, "tables", "kinds.json"), "w"), indent=1)


if __name__ == "__main__":
    main(sys.argv[1])
