"""The sets and where they lie. Only the standard library is imported here, so that table.py runs without the venv."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))
PEERS = os.path.normpath(os.path.join(HERE, "..", "..", "..", "shared", "peers"))
SETS = ["student-mat", "paperB1", "dropout", "adult", "california"]
