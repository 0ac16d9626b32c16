"""Makes regress.json: coefficients of statsmodels on the fictional school of internal/demo (committed) and on halves of it.

    python regress.py      in the environment of requirements-eval.txt

Real rows are the first 300, synthetic ones the last 300. The levels of categories stand in the order of the table's schema; the first is
the base. Rows with a gap or a mark in any column of the formula are left out, as dropna does.
"""
import json
import os

import numpy as np
import pandas as pd
import statsmodels
import statsmodels.api as sm

here = os.path.dirname(os.path.abspath(__file__))
school = pd.read_csv(os.path.join(here, "../../internal/demo/school.csv"), dtype=str, keep_default_na=False)

# Formula, outcome, numbers, categories with their levels, group of rows of one person (or None).
CASES = [
    ("Total ~ Absences + Reading", "Total", ["Absences", "Reading"], {}, None, None),
    ('Maths ~ "Year group" + Absences + SEN', "Maths", ["Absences"], {"Year group": ["Y7", "Y8", "Y9", "Y10", "Y11"], "SEN": ["E", "K", "N"]}, None, None),
    ("Passed ~ Absences + Reading", "Passed", ["Absences", "Reading"], {}, "Yes", None),
    ("Passed ~ SEN + Reading", "Passed", ["Reading"], {"SEN": ["E", "K", "N"]}, "Yes", None),
    # Rows of one person: the language stands for one, so that there are few groups of unlike size.
    ("Maths ~ Reading + Absences", "Maths", ["Reading", "Absences"], {}, None, "Language"),
    ("Passed ~ Reading + Absences", "Passed", ["Reading", "Absences"], {}, "Yes", "Language"),
]


def fit(rows, formula, outcome, numbers, categories, event, group):
    rows = rows.copy()
    columns = [outcome] + [name.strip(' "') for name in formula.split("~")[1].split("+")]
    for name in numbers + ([outcome] if event is None else []):
        rows[name] = pd.to_numeric(rows[name], errors="coerce")
    for name in columns:
        rows[name] = rows[name].replace("", np.nan)
    if group:
        rows = rows[rows[group] != ""]
    rows = rows.dropna(subset=columns)
    x = {"(Intercept)": np.ones(len(rows))}
    for name in columns[1:]:
        if name in numbers:
            x[name] = rows[name].to_numpy(float)
        else:
            for level in categories[name][1:]:
                x[f"{name} = {level}"] = (rows[name] == level).to_numpy(float)
    x = pd.DataFrame(x)
    extra = {}
    if group:
        extra = dict(cov_type="cluster", cov_kwds={"groups": pd.factorize(rows[group])[0]}, use_t=event is None)
    if event is None:
        r = sm.OLS(rows[outcome].to_numpy(float), x).fit(**extra)
    else:
        r = sm.Logit((rows[outcome] == event).to_numpy(float), x).fit(disp=0, method="newton", tol=1e-12, maxiter=100, **extra)
    ci = r.conf_int()
    return {"n": len(rows), "terms": list(x.columns), "coef": list(r.params), "se": list(r.bse), "low": list(ci[0]), "high": list(ci[1]), "p": list(r.pvalues)}


out = {"peer": f"statsmodels {statsmodels.__version__}, numpy {np.__version__}, pandas {pd.__version__}", "cases": []}
for formula, outcome, numbers, categories, event, group in CASES:
    c = {"formula": formula, "group": group or ""}
    c["real"] = fit(school.iloc[:300], formula, outcome, numbers, categories, event, group)
    c["fake"] = fit(school.iloc[300:], formula, outcome, numbers, categories, event, group)
    out["cases"].append(c)
with open(os.path.join(here, "regress.json"), "w") as f:
    json.dump(out, f, indent=1)
