"""Reference numbers of conditional odds ratios by SciPy, and of tails by mpmath.

python association.py     (after association.R, whose tables it reads)
Writes odds_ratio.tsv and tails.tsv beside itself. Versions: SciPy 1.17.1, mpmath 1.4.1.
"""
import math, pathlib

import mpmath
import pandas as pd
from scipy.stats.contingency import odds_ratio

folder = pathlib.Path(__file__).parent
tables = pd.read_csv(folder / "fisher.tsv", sep="\t")
rows = []
for table in tables.itertuples():
    if table.both + table.only_first + table.only_second + table.neither > 20_000:
        continue  # SciPy's root finding loses digits there
    result = odds_ratio([[table.both, table.only_first], [table.only_second, table.neither]], kind="conditional")
    interval = result.confidence_interval(0.95)
    rows.append((table.both, table.only_first, table.only_second, table.neither, result.statistic, interval.low, interval.high))
columns = ["both", "only_first", "only_second", "neither", "odds_ratio", "lower", "upper"]
pd.DataFrame(rows, columns=columns).to_csv(folder / "odds_ratio.tsv", sep="\t", index=False, float_format="%.13g")

mpmath.mp.dps = 40
rows = []
for z in (0, 0.3, 1.96, 5, 12, 37):
    rows.append(("normal", z, 0, mpmath.erfc(mpmath.mpf(z) / mpmath.sqrt(2)) / 2))
for degrees in (1, 2, 3, 10, 99):
    for value in (0.01, 1, 3.84, 30, 200, 1300):
        rows.append(("chi_square", value, degrees,
                     mpmath.gammainc(mpmath.mpf(degrees) / 2, mpmath.mpf(value) / 2, regularized=True)))
for degrees in (1, 2.5, 10, 200):
    for t in (0.1, 1, 2.2, 10, 80):
        at = mpmath.mpf(degrees) / (mpmath.mpf(degrees) + mpmath.mpf(t) ** 2)
        rows.append(("student", t, degrees, mpmath.betainc(mpmath.mpf(degrees) / 2, mpmath.mpf(1) / 2, 0, at, regularized=True)))
for p in (1e-300, 1e-20, 1e-6, 0.025, 0.3, 0.5, 0.975, 0.999999):
    guess = -mpmath.sqrt(-2 * mpmath.log(p)) if p < 0.5 else mpmath.mpf(p) * 2 - 1
    quantile = mpmath.findroot(lambda x: mpmath.log(mpmath.ncdf(x)) - mpmath.log(mpmath.mpf(p)), guess, tol=1e-30)
    rows.append(("quantile", p, 0, quantile))
with open(folder / "tails.tsv", "w") as out:
    print("of\tat\tdegrees\tvalue", file=out)
    for of, at, degrees, value in rows:
        print(of, repr(at), degrees, mpmath.nstr(value, 17, strip_zeros=False), sep="\t", file=out)
