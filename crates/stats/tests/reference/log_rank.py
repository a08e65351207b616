"""Reference numbers of weighted comparisons, by lifelines, statsmodels and their definition.

python log_rank.py DATA_FOLDER     (the folder with lung.csv and multicenter_aids_cohort.tsv)
Writes log_rank_weights.tsv beside itself. Versions: lifelines 0.30.3, statsmodels 0.15.0.
"""
import pathlib, sys

import numpy as np
import pandas as pd
from lifelines.statistics import multivariate_logrank_test
from scipy.stats import chi2
from statsmodels.duration.survfunc import survdiff

folder = pathlib.Path(sys.argv[1])
lung = pd.read_csv(folder / "lung.csv")
rows = []


def lifelines(name, data, group, **options):
    test = multivariate_logrank_test(data["time"], data[group], data["status"], **options)
    rows.append(("lung", group, "", name, test.test_statistic, test.p_value, "lifelines"))


known = lung.dropna(subset=["ph.ecog"])
for data, group in ((lung, "sex"), (known, "ph.ecog")):
    lifelines("equal", data, group)
    lifelines("gehan", data, group, weightings="wilcoxon")
    lifelines("tarone", data, group, weightings="tarone-ware")
    lifelines("peto", data, group, weightings="peto")
    if group == "sex":  # lifelines takes the survival of other times when several groups end censored
        for p, q in ((1, 0), (0, 1), (1, 1), (0.5, 2)):
            lifelines(f"fh {p} {q}", data, group, weightings="fleming-harrington", p=p, q=q)


def models(name, strata, late=False, **options):
    data = known
    if late:  # half a day later, so that nobody enters at the time of an event, where conventions differ
        options["entry"] = np.floor(data["time"].values / 3) + 0.5
    statistic, p = survdiff(data["time"].values, data["status"].values, data["sex"].values,
                            strata=data["ph.ecog"].values if strata else None, **options)
    rows.append(("lung_late" if late else "lung", "sex", "ph.ecog" if strata else "known", name, statistic, p, "statsmodels"))


for strata in (False, True):
    for late in (False,) if strata else (False, True):  # statsmodels fails on late entry within strata
        models("equal", strata, late)
        models("gehan", strata, late, weight_type="gb")
        models("tarone", strata, late, weight_type="tw")
        if not late:  # nor does it know the survival with late entry
            models("fh 1 0", strata, late, weight_type="fh", fh_p=1)



def defined(data, group, strata, weight):
    """The test from its definition, the risk set of each event looked up anew: no library knows all of it."""
    late = np.floor(data["time"].values / 3) + 0.5
    time, event, groups = data["time"].values, data["status"].values == 1, data[group].values
    names = np.unique(groups)
    difference, variance = np.zeros(len(names)), np.zeros((len(names), len(names)))
    kind, *powers = weight.split()
    for within in np.unique(data[strata].values) if strata else [None]:
        stratum = np.ones(len(data), bool) if within is None else data[strata].values == within
        survival = peto = 1.0
        for at in np.unique(time[stratum & event]):
            risk = stratum & (late < at) & (at <= time)
            dead = risk & event & (time == at)
            n, d = risk.sum(), dead.sum()
            if n == 0:
                continue
            peto *= 1 - d / (n + 1)
            w = {"equal": lambda: 1, "gehan": lambda: n, "tarone": lambda: np.sqrt(n), "peto": lambda: peto,
                 "fh": lambda: survival ** float(powers[0]) * (1 - survival) ** float(powers[1])}[kind]()
            survival *= 1 - d / n
            share = np.array([(risk & (groups == name)).sum() / n for name in names])
            difference += w * (np.array([(dead & (groups == name)).sum() for name in names]) - d * share)
            if n > 1:
                variance += w**2 * d * (n - d) / (n - 1) * (np.diag(share) - np.outer(share, share))
    statistic = difference @ np.linalg.pinv(variance) @ difference
    rows.append(("lung_late", group, strata or "known", weight, statistic,
                 chi2.sf(statistic, len(names) - 1), "definition"))


for group, strata in (("sex", None), ("sex", "ph.ecog"), ("ph.ecog", "sex")):
    for weight in ("equal", "gehan", "tarone", "peto", "fh 1 0", "fh 0 1", "fh 0.5 2"):
        defined(known, group, strata, weight)

table = pd.DataFrame(rows, columns=["data", "group", "strata", "weight", "chi_square", "p", "by"])
table.to_csv(pathlib.Path(__file__).parent / "log_rank_weights.tsv", sep="\t", index=False, float_format="%.12g")
