"""Makes combine.json: estimates of several sets put together by the published rules, from fits of statsmodels and distributions of scipy.

    python combine.py      in the environment of requirements-eval.txt

Real rows are the first 300 of the fictional school, the sets are rows of the last 300: set s has k rows in steps of 7 from row 37 s on. They are
no synthetic data; the arithmetic is what is compared.
"""
import json
import os

import numpy as np
import pandas as pd
import scipy
import scipy.stats
import statsmodels
import statsmodels.api as sm

here = os.path.dirname(os.path.abspath(__file__))
school = pd.read_csv(os.path.join(here, "../../internal/demo/school.csv"), dtype=str, keep_default_na=False)
real, rest = school.iloc[:300], school.iloc[300:].reset_index(drop=True)

# Formula, event of the outcome, numbers that explain it, group of rows of one person, rows of a set, sets.
CASES = [
    ("Total ~ Absences + Reading", "Total", None, ["Absences", "Reading"], None, 200, 5),
    ("Passed ~ Absences + Reading", "Passed", "Yes", ["Absences", "Reading"], None, 290, 3),
    ("Maths ~ Reading + Absences", "Maths", None, ["Reading", "Absences"], "Language", 150, 4),
    ("mean of Reading", "Reading", None, [], None, 120, 5),
    ("shares of SEN", "SEN", ["E", "K", "N"], [], None, 120, 5),
]


def fit(rows, outcome, event, numbers, group):
    rows = rows.copy()
    if group:
        rows = rows[rows[group] != ""]
    for name in numbers + ([outcome] if event is None else []):
        rows[name] = pd.to_numeric(rows[name], errors="coerce")
    rows[outcome] = rows[outcome].replace("", np.nan)
    rows = rows.dropna(subset=[outcome] + numbers)
    x = np.column_stack([np.ones(len(rows))] + [rows[name].to_numpy(float) for name in numbers])
    extra, units = {}, len(rows)
    if group:
        extra = dict(cov_type="cluster", cov_kwds={"groups": pd.factorize(rows[group])[0]}, use_t=True)
        units = rows[group].nunique()
    if event is None:
        r = sm.OLS(rows[outcome].to_numpy(float), x).fit(**extra)
        return r.params, r.bse**2, float(units - 1 if group else r.df_resid), units
    r = sm.Logit((rows[outcome] == event).to_numpy(float), x).fit(disp=0, method="newton", tol=1e-12, maxiter=100)
    return r.params, r.bse**2, np.inf, units


def shares(rows, outcome, levels):
    known = rows[rows[outcome] != ""][outcome]
    q, u = [], []
    for level in levels:
        r = sm.OLS((known == level).to_numpy(float), np.ones(len(known))).fit()
        q.append(r.params[0])
        u.append(r.bse[0] ** 2)
    return np.array(q), np.array(u), float(len(known) - 1), len(known)


def combine(rule, q, u, dfs, real_df, n, k):
    """q, u: [M, P]. Gives estimate, error, interval and degrees of freedom of every term."""
    m = len(q)
    mean, v, b = q.mean(axis=0), u.mean(axis=0), q.var(axis=0, ddof=1)
    df = np.full(len(mean), min(dfs))
    if rule == "simple":
        total, df = v * (k / n + 1 / m), np.full(len(mean), min(real_df, min(dfs)))
    elif rule == "proper":
        total = (1 + 1 / m) * b - v
        r = (1 + 1 / m) * b / v
        df = np.where(total > 0, np.maximum((m - 1) * (1 - 1 / r) ** 2, 1), m - 1)
        total = np.where(total > 0, total, v * k / n)
    elif rule == "partial":
        total = v + b / m
        df = (m - 1) * (1 + v / (b / m)) ** 2
    else:
        total = v + (1 + 1 / m) * b
        missing = (1 + 1 / m) * b / total
        old = (m - 1) / missing**2
        seen = (df + 1) / (df + 3) * df * (1 - missing) if np.isfinite(min(dfs)) else np.inf
        df = 1 / (1 / old + 1 / seen)
    se = np.sqrt(total)
    wide = np.where(np.isfinite(df), scipy.stats.t.ppf(0.975, np.where(np.isfinite(df), df, 1)), scipy.stats.norm.ppf(0.975))
    return {"coef": list(mean), "se": list(se), "low": list(mean - wide * se), "high": list(mean + wide * se),
            "df": [float(x) if np.isfinite(x) else 0 for x in df]}


out = {"peer": f"statsmodels {statsmodels.__version__}, scipy {scipy.__version__}, numpy {np.__version__}, pandas {pd.__version__}", "cases": []}
for formula, outcome, event, numbers, group, k, m in CASES:
    sets = [rest.iloc[[(7 * i + 37 * s) % len(rest) for i in range(k)]] for s in range(m)]
    if isinstance(event, list):
        terms = event
        one, each = shares(real, outcome, event), [shares(s, outcome, event) for s in sets]
    else:
        terms = ["(Intercept)"] + numbers if numbers else ["mean"]
        one, each = fit(real, outcome, event, numbers, group), [fit(s, outcome, event, numbers, group) for s in sets]
    units = [one[3], float(np.mean([e[3] for e in each]))]
    for rule in ("simple", "proper", "partial", "filled"):
        c = {"rule": rule, "formula": formula, "group": group or "", "sets": m, "rows": k, "terms": terms, "units": units}
        c.update(combine(rule, np.array([e[0] for e in each]), np.array([e[1] for e in each]), [e[2] for e in each], one[2], *units))
        out["cases"].append(c)
with open(os.path.join(here, "combine.json"), "w") as f:
    json.dump(out, f, indent=1)
