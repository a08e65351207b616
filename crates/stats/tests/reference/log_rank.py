"""Reference numbers of weighted comparisons, by lifelines and statsmodels.

python log_rank.py DATA_FOLDER     (the folder with lung.csv and multicenter_aids_cohort.tsv)
Writes log_rank_weights.tsv beside itself. Versions: lifelines 0.30.3, statsmodels 0.15.0.
"""
import pathlib, sys

import numpy as np
import pandas as pd
from lifelines.statistics import multivariate_logrank_test
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

table = pd.DataFrame(rows, columns=["data", "group", "strata", "weight", "chi_square", "p", "by"])
table.to_csv(pathlib.Path(__file__).parent / "log_rank_weights.tsv", sep="\t", index=False, float_format="%.12g")
