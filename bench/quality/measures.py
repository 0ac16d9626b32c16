"""What is measured: likeness (SDMetrics), a classifier that tells real from synthetic, usefulness, validity.

Every draw has a fixed seed, so one table has one score.
"""
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import r2_score, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from split import MISSING, NUMBER, decimals


# ------------------------------------------------------------ what the learners see
def levels_of(frames, cats):
    return {c: sorted(set().union(*(set(f[c].fillna(MISSING)) for f in frames))) for c in cats}


def tree_frame(df, cats, nums, levels):
    """Numbers as they are, then categories over levels; a category that is no level is missing."""
    out = {c: df[c] for c in nums}
    for c in cats:
        out[c] = pd.Categorical(df[c].fillna(MISSING), categories=levels[c])
    return pd.DataFrame(out, index=df.index)


def onehot(df, cats, nums, levels, frames, stats):
    """Numbers standardised by the frame stats, its median and an indicator where they are missing; a column for each level."""
    parts = []
    for c in nums:
        known = stats[c].dropna()
        median = float(known.median()) if len(known) else 0.0
        filled = stats[c].fillna(median)
        v = df[c].to_numpy(float)
        parts.append(((np.where(np.isnan(v), median, v) - filled.mean()) / (filled.std() or 1.0))[:, None])
        if any(f[c].isna().any() for f in frames):
            parts.append(np.isnan(v).astype(float)[:, None])
    for c in cats:
        codes = pd.Categorical(df[c].fillna(MISSING), categories=levels[c]).codes
        parts.append((codes[:, None] == np.arange(len(levels[c]))).astype(float))
    return np.clip(np.hstack(parts), -1e6, 1e6).astype(np.float32)


# ------------------------------------------------------------ likeness
def likeness(split, syn):
    """SDMetrics QualityReport against the rows learned."""
    from sdmetrics.reports.single_table import QualityReport
    kinds = {"cat": "categorical", "num": "numerical"}
    metadata = {"columns": {c: {"sdtype": kinds[m["kind"]]} for c, m in split.columns.items()}}
    report = QualityReport()
    report.generate(split.train, syn, metadata, verbose=False)
    score = report.get_properties().set_index("Property")["Score"]
    return {"quality": report.get_score(), "shapes": score["Column Shapes"], "pairs": score["Column Pair Trends"]}


# ------------------------------------------------------------ real against synthetic
def fold_aucs(split, real, syn, seed, trees, threads):
    both = pd.concat([real, syn], ignore_index=True)
    y = np.r_[np.zeros(len(real)), np.ones(len(syn))]
    cats = split.cats()
    x = tree_frame(both, cats, split.nums(), levels_of([both], cats))
    out = []
    # The folds' seed is unlike any seed of sample(): with the same one numpy draws the same permutation twice, the folds
    # become blocks of the file's order, and in a sorted file the AUC is far off.
    for fit, rest in StratifiedKFold(5, shuffle=True, random_state=7919 + seed).split(x, y):
        m = xgb.XGBClassifier(n_estimators=trees, learning_rate=0.1, max_depth=6, subsample=0.8, colsample_bytree=0.8,
                              tree_method="hist", enable_categorical=True, n_jobs=threads, random_state=seed)
        m.fit(x.iloc[fit], y[fit])
        out.append(roc_auc_score(y[rest], m.predict_proba(x.iloc[rest])[:, 1]))
    return out


def two_sample(split, syn, threads):
    """AUC against the rows learned (5 folds) and against unseen ones (3 draws of 5 folds), equal numbers on both sides."""
    n, k = min(len(split.train), len(syn)), min(len(split.test), len(syn))
    seen = fold_aucs(split, split.train.sample(n, random_state=0), syn.sample(n, random_state=1), 0, 200, threads)
    unseen = []
    for seed in range(3):
        unseen += fold_aucs(split, split.test.sample(k, random_state=seed), syn.sample(k, random_state=10 + seed), seed, 100, threads)
    return {"rows_per_side": n, "xgb_auc": np.mean(seen), "xgb_auc_sd": np.std(seen, ddof=1),
            "rows_per_side_test": k, "xgb_auc_test": np.mean(unseen), "xgb_auc_test_sd": np.std(unseen, ddof=1)}


# ------------------------------------------------------------ usefulness
def usefulness(split, syn, threads):
    """Models taught by synthetic rows and by the real ones, both tested on the unseen: R2, or AUC (macro, one against rest)."""
    if split.taught_by_real is None:
        split.taught_by_real = taught_by(split, split.train, threads)
    real, fake = split.taught_by_real, taught_by(split, syn, threads)
    gap = {k: real[k] - fake[k] for k in fake}
    mean = lambda d: np.mean(list(d.values()))
    return {"metric": "auc" if split.classify else "r2", "real": real, "syn": fake, "gap": gap,
            "gap_mean": mean(gap), "syn_mean": mean(fake), "real_mean": mean(real)}


def taught_by(split, src, threads):
    target, classify, test = split.target, split.classify, split.test
    cats, nums = [c for c in split.cats() if c != target], [c for c in split.nums() if c != target]
    classes = sorted(split.train[target].dropna().unique()) if classify else []
    src = src[src[target].isin(classes)] if classify else src[src[target].notna()]
    have = [c for c in classes if (src[target] == c).any()]
    if len(src) < 10 or (classify and len(have) < 2):
        return dict.fromkeys(("xgb", "rf", "linear"), 0.5 if classify else 0.0)  # teaches nothing: guessing
    levels = levels_of([split.train, test], cats)  # a category that the synthetic table made up is none of them
    xa, xb = (tree_frame(f, cats, nums, levels) for f in (src, test))
    za, zb = (onehot(f, cats, nums, levels, [src, test], src) for f in (src, test))
    ya, yb = src[target].to_numpy(), test[target].to_numpy()
    if classify:
        ya = np.array([have.index(c) for c in ya])

    def score(m, x):
        if not classify:
            return r2_score(yb, m.predict(x))
        p = np.zeros((len(x), len(classes)))
        p[:, [classes.index(c) for c in have]] = m.predict_proba(x)
        if len(classes) == 2:
            return roc_auc_score(yb == classes[1], p[:, 1])
        return np.mean([roc_auc_score(yb == c, p[:, i]) for i, c in enumerate(classes) if 0 < (yb == c).sum() < len(yb)])

    out = {"xgb": [], "rf": [], "linear": []}
    boost, forest = (xgb.XGBClassifier, RandomForestClassifier) if classify else (xgb.XGBRegressor, RandomForestRegressor)
    for seed in range(3):
        m = boost(n_estimators=100 if len(have) > 3 else 200, learning_rate=0.1, max_depth=6 if len(src) > 2000 else 4,
                  subsample=0.8, colsample_bytree=0.8, tree_method="hist", enable_categorical=True, n_jobs=threads, random_state=seed)
        out["xgb"].append(score(m.fit(xa, ya), xb))
        m = forest(n_estimators=100, min_samples_leaf=2, random_state=seed, n_jobs=threads, max_features="sqrt" if classify else 1 / 3)
        out["rf"].append(score(m.fit(za, ya), zb))
    m = LogisticRegression(max_iter=300) if classify else Ridge(alpha=1.0)
    out["linear"].append(score(m.fit(za, ya), zb))
    return {k: float(np.mean(v)) for k, v in out.items()}


# ------------------------------------------------------------ validity
def validity(split, syn, text):
    """Shares of rows with a category never seen, a number out of range or with too many decimals, a gap where no real row has one."""
    bad = {k: np.zeros(len(syn), bool) for k in ("unseen_category", "out_of_range", "off_grid", "impossible_missing")}
    for c, m in split.columns.items():
        v, real = syn[c], split.train[c]
        if not real.isna().any():
            bad["impossible_missing"] |= v.isna().to_numpy()
        if m["kind"] == "cat":
            bad["unseen_category"] |= (v.notna() & ~v.isin(set(real.dropna()))).to_numpy()
            continue
        bad["out_of_range"] |= ((v < real.min()) | (v > real.max())).to_numpy()
        if m["decimals"] <= 6:  # more are measurements: no grid to be off
            off = {k: bool(NUMBER.fullmatch(k)) and decimals(k) > m["decimals"] for k in text[c].unique()}
            bad["off_grid"] |= text[c].map(off).to_numpy(bool)
    out = {"invalid_rows": np.any(list(bad.values()), axis=0).mean()}
    return out | {f"{k}_rows": b.mean() for k, b in bad.items()}
