"""What the scripts of this folder share: where things lie, the columns of a set, the store of results. Standard library only.

Layout of the scratch folder (--scratch, default: scratch beside this file):
    ctgan/, synthcity/       virtual environments, made by setup.sh
    splits/SET/              sets made here (splits.py); the others lie in --peers/splits
    csv/SET-train.csv        training parts as plain CSV, for our program
    out/MAKER/SET/seedN.csv.gz, and seedN.json with seconds and steps
"""
import argparse
import csv
import gzip
import io
import json
import os
import shutil
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PEERS = os.path.normpath(os.path.join(ROOT, "..", "shared", "peers"))


def parser(doc):
    p = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--peers", default=PEERS, help="folder with splits/SET")
    p.add_argument("--scratch", default=os.path.join(HERE, "scratch"), help="folder for tables and environments")
    return p


def part(a, name, which="train"):
    """The path of a set's train or test part."""
    for base in (a.scratch, a.peers):
        path = os.path.join(base, "splits", name, which + ".csv.gz")
        if os.path.exists(path):
            return path
    raise SystemExit(f"no {which} part of {name}: see splits.py and --peers")


def columns(name):
    """{"category": [...], "number": [...]} of a set; what is said to the peer and to our program alike."""
    with open(os.path.join(HERE, "columns.json"), encoding="utf-8") as f:
        return json.load(f)[name]


def read(path):
    """Header and rows of a CSV file, as text."""
    with (gzip.open if path.endswith(".gz") else open)(path, "rt", encoding="utf-8", newline="") as f:
        rows = list(csv.reader(f))
    return rows[0], rows[1:]


def write(path, header, rows):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    text = io.StringIO(newline="")
    w = csv.writer(text, lineterminator="\n")
    w.writerow(header)
    w.writerows(rows)
    with open(path + ".part", "wb") as f, gzip.GzipFile(filename="", mode="wb", fileobj=f, mtime=0) as g:
        g.write(text.getvalue().encode())
    os.replace(path + ".part", path)


def plain(a, name):
    """The training part of a set as plain CSV."""
    path = os.path.join(a.scratch, "csv", name + "-train.csv")
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with gzip.open(part(a, name), "rb") as f, open(path + ".part", "wb") as g:
            shutil.copyfileobj(f, g)
        os.replace(path + ".part", path)
    return path


def kinds(name):
    """The options that tell our program the columns' kinds."""
    c = columns(name)
    return [x for kind in ("category", "number") for col in c[kind] for x in ("--" + kind, col)]


def load(path):
    """The entries of a file of results."""
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return json.load(f)["tables"]


def record(path, entry, versions):
    """Puts the entry of one table into a file of results, one line each; an older one of the same table is replaced."""
    key = lambda e: (e["maker"], e["set"], e["seed"])
    entries = sorted([e for e in load(path) if key(e) != key(entry)] + [entry], key=key)
    lines = ",\n".join(json.dumps(e, ensure_ascii=False) for e in entries)
    with open(path + ".part", "w", encoding="utf-8") as f:
        f.write('{"judge": ' + json.dumps(versions) + ',\n"tables": [\n' + lines + "\n]}\n")
    os.replace(path + ".part", path)


def judged(a, python, path, name, seed, maker, into, more):
    """Judges the table at path and records it with what is known of its making."""
    args = [python, os.path.join(HERE, "judge.py"), name, part(a, name), part(a, name, "test"), path]
    out = json.loads(subprocess.run(args, capture_output=True, text=True, check=True).stdout)
    versions = out.pop("judge")
    out.pop("file"), out.pop("set")
    record(into, {"maker": maker, "set": name, "seed": seed} | out | more, versions)
    return out
