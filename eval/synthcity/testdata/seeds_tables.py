"""Cuts the tables of seeds/ from the authors' synthetic tables and the real ones: of the real table the fifth that the peer never
showed to a generator, of each synthetic one as many rows. student_tvae is real rows that a TVAE of SDV never saw, and its rows, in which
some columns are constant.

The environment is that of seeds.py.

    python seeds_tables.py FOLDER-OF-SYNTHETIC STUDENT-MAT.CSV OULAD-10PCT.CSV STUDENT-TEST.CSV STUDENT-TVAE.CSV
"""
import sys
from pathlib import Path

import pandas as pd
from synthcity.plugins.core.dataloader import GenericDataLoader

HERE = Path(__file__).parent / "seeds"
HERE.mkdir(exist_ok=True)
for name, path, sep, models in (("A", sys.argv[2], ";", ("ctgan", "gpt2", "distilgpt", "dialogpt")), ("B1", sys.argv[3], ",", ("ctgan", "gpt2", "dialogpt", "distilgpt"))):
    fakes = {m: pd.read_csv(Path(sys.argv[1]) / f"{name}_{m}.csv", index_col=0) for m in models}
    columns = list(fakes[models[0]].columns)
    real = pd.read_csv(path, sep=sep)[columns]
    # The rows of the loader's test(), in its order; the index is thrown away.
    test = GenericDataLoader(real).test().dataframe()
    test.to_csv(HERE / f"{name}_real.csv.gz", index=False)
    for m, fake in fakes.items():
        fake[columns].sample(len(test), random_state=0).to_csv(HERE / f"{name}_{m}.csv.gz", index=False)
test = pd.read_csv(sys.argv[4])
test.to_csv(HERE / "student_real.csv.gz", index=False)
pd.read_csv(sys.argv[5])[test.columns].sample(len(test), random_state=0).to_csv(HERE / "student_tvae.csv.gz", index=False)
