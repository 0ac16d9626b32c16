"""Cuts the tables of seeds/ from the authors' synthetic tables and the real ones: of the real table the fifth that the peer never
showed to a generator, of each synthetic one as many rows.

    python seeds_tables.py FOLDER-OF-SYNTHETIC STUDENT-MAT.CSV OULAD-10PCT.CSV
"""
import sys
from pathlib import Path

import pandas as pd
from synthcity.plugins.core.dataloader import GenericDataLoader

HERE = Path(__file__).parent / "seeds"
HERE.mkdir(exist_ok=True)
for name, path, sep, models in (("A", sys.argv[2], ";", ("ctgan", "gpt2", "distilgpt", "dialogpt")), ("B1", sys.argv[3], ",", ("ctgan", "gpt2"))):
    fakes = {m: pd.read_csv(Path(sys.argv[1]) / f"{name}_{m}.csv", index_col=0) for m in models}
    columns = list(fakes[models[0]].columns)
    real = pd.read_csv(path, sep=sep)[columns]
    # The rows of the loader's test(), in its order; the index is thrown away.
    test = GenericDataLoader(real).test().dataframe()
    test.to_csv(HERE / f"{name}_real.csv.gz", index=False)
    for m, fake in fakes.items():
        fake[columns].sample(len(test), random_state=0).to_csv(HERE / f"{name}_{m}.csv.gz", index=False)
