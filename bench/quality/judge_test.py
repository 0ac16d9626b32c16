"""Tests on a made-up set: python -m unittest discover -s bench/quality -p '*_test.py'"""
import gzip
import json
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import pandas as pd

import table
from closest import closest
from judge import errors, judge
from split import BadFile, Split, decimals, typed


def people(n, seed):
    rng = np.random.default_rng(seed)
    x, group = rng.normal(size=n).round(2), rng.choice(["a", "b", "c"], n)
    y = np.where(x + (group == "a") + rng.normal(size=n) > 0, "yes", "no")
    out = pd.DataFrame({"x": x.astype(str), "group": group, "age": rng.integers(15, 60, n).astype(str), "y": y})
    out.loc[rng.random(n) < 0.05, "age"] = ""
    return out


class Bench(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.tmp = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.tmp.cleanup)
        cls.peers = cls.tmp.name
        folder = os.path.join(cls.peers, "splits", "made-up")
        os.makedirs(folder)
        kinds = {"x": {"kind": "num", "decimals": 2}, "group": {"kind": "cat"}, "age": {"kind": "num", "decimals": 0}, "y": {"kind": "cat"}}
        with open(os.path.join(folder, "schema.json"), "w") as f:
            json.dump({"target": "y", "task": "classification", "columns": kinds}, f)
        cls.train = people(400, 1)
        cls.train.to_csv(os.path.join(folder, "train.csv.gz"), index=False)
        people(100, 2).to_csv(os.path.join(folder, "test.csv.gz"), index=False)
        cls.split = Split(cls.peers, "made-up")

    def path(self, content, name="t.csv"):
        path = os.path.join(self.peers, name)
        with open(path, "wb") as f:
            f.write(content)
        return path

    def table(self, df):
        return self.path(df.to_csv(index=False).encode())

    def test_fresh_rows_are_like_real_ones(self):
        fresh = people(400, 3)
        s = judge(self.split, self.table(fresh[fresh.columns[::-1]]))
        self.assertEqual(errors(s), [])
        self.assertGreater(s["sdm"]["quality"], 0.9)
        self.assertLess(abs(s["c2st"]["xgb_auc_test"] - 0.5), 0.1)
        self.assertLess(abs(s["tstr"]["gap_mean"]), 0.1)
        self.assertGreater(s["closest"]["p"], 0.05)
        packed = self.path(gzip.compress(fresh.to_csv(index=False).encode()), "t.csv.gz")
        again = judge(self.split, packed, threads=2)
        self.assertEqual({k: v for k, v in again.items() if k != "file"}, {k: v for k, v in s.items() if k != "file"})

    def test_what_is_wrong_is_found(self):
        shuffled = pd.DataFrame({c: self.train[c].sample(frac=1, random_state=i).to_numpy() for i, c in enumerate(self.train)})
        s = judge(self.split, self.table(shuffled))
        self.assertGreater(s["tstr"]["gap_mean"], 0.15)
        self.assertEqual(s["validity"]["invalid_rows"], 0)
        odd = self.train.copy()
        odd.loc[:3, "x"] = ["99", "0.123", "", "1"]
        odd.loc[:0, "group"] = "unheard of"
        v = judge(self.split, self.table(odd))["validity"]
        self.assertEqual([v[k + "_rows"] for k in ("unseen_category", "out_of_range", "off_grid", "impossible_missing")], [1 / 400] * 4)
        self.assertEqual(v["invalid_rows"], 3 / 400)

    def test_copies_fail_the_closest_pairs(self):
        mixed = people(400, 4)
        mixed.iloc[:40] = self.train.iloc[:40]
        self.assertLess(closest(self.split, mixed)["p"], 0.01)
        self.assertEqual(closest(self.split, self.split.test_text)["learned"], 0)

    def test_bad_files_end_in_one_line(self):
        good = self.train.to_csv(index=False).encode()
        bad = {
            "columns are missing: y": self.train.drop(columns="y").to_csv(index=False).encode(),
            "should hold numbers": self.train.assign(x="word").to_csv(index=False).encode(),
            "row 1 has 5 fields, the header 4": b"x,group,age,y\n" + b"1,a,20,yes,2\n" * 20,
            "row 401 has 2 fields": good + b"1,a\n",
            "0 rows": b"x,group,age,y\n",
            "same name": b"x,x,group,age,y\n",
            "4 of 4 columns are missing": b"",
            "can't be read as CSV: 'utf-8'": b"\xff\xfe\x00" + good,
        }
        for reason, content in bad.items():
            with self.subTest(reason), self.assertRaisesRegex(BadFile, reason) as caught:
                judge(self.split, self.path(content))
            self.assertNotIn("\n", str(caught.exception))
        for path in (os.path.join(self.peers, "none.csv"), self.peers, self.path(good, "no.csv.gz")):
            with self.subTest(path), self.assertRaises(BadFile):
                judge(self.split, path)
        p = subprocess.run([sys.executable, os.path.join(os.path.dirname(__file__), "judge.py"), "nowhere", "t.csv", "--peers", self.peers],
                           capture_output=True, text=True)
        self.assertEqual((p.returncode, p.stdout, p.stderr.count("\n")), (1, "", 1))

    def test_odd_tables_have_scores_or_reasons(self):
        for name, df in {"one class": self.train.assign(y="no"), "all missing": self.train.assign(age="", group=""),
                         "ten rows": self.train[:10], "infinite": self.train.assign(x=["inf", "1e999"] + ["0"] * 398)}.items():
            with self.subTest(name):
                s = judge(self.split, self.table(df))
                json.dumps(s, allow_nan=False)
                self.assertEqual(set(s) & {"sdm", "c2st", "tstr", "validity", "closest"}, {"sdm", "c2st", "tstr", "validity", "closest"})

    def test_numbers(self):
        self.assertEqual([decimals(s) for s in ("1", "1.50", "1e-3", "2.5e1", ".25")], [0, 1, 3, 0, 2])
        info = {}
        df = typed(self.train.assign(x=["?"] + list(self.train.x[1:]), more="1"), self.split.columns, "t", info)
        self.assertEqual((info["unparsable_numbers"], info["extra_columns"], int(df.x.isna().sum())), ({"x": 1}, ["more"], 1))

    def test_table(self):
        folder = os.path.join(self.peers, "ours", "paperB1")
        os.makedirs(folder)
        for seed, auc in ((1, 0.5), (2, 0.7)):
            with open(os.path.join(folder, f"trees-protect0-seed{seed}.json"), "w") as f:
                json.dump({"options": ["--protect", "0"], "c2st": {"xgb_auc_test": auc}, "closest": {"p": auc, "people": 6 * seed - 6}}, f)
        out = table.render(self.peers, os.path.join(self.peers, "ours"))
        self.assertIn("| **cohort** `--protect 0`, 2 seeds | 0.600 ± 0.141 (≤ 0.58, missed) |", out)
        self.assertIn("| – 0.700 |", out)


if __name__ == "__main__":
    unittest.main()
