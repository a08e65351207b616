"""Reference numbers of a survival curve with and without late entry, by lifelines.

python late_entry.py DATA_FOLDER     (the folder with multicenter_aids_cohort.tsv)
Writes late_entry.tsv beside itself. Version: lifelines 0.30.3. No event and no entry of this cohort share a time, so that
it does not matter that lifelines counts who enters at a time as at risk at it.
"""
import pathlib, sys

import pandas as pd
from lifelines import KaplanMeierFitter

aids = pd.read_csv(pathlib.Path(sys.argv[1]) / "multicenter_aids_cohort.tsv", sep="\t")
late = KaplanMeierFitter().fit(aids["T"], aids["D"], entry=aids["W"])
naive = KaplanMeierFitter().fit(aids["T"], aids["D"])
times = [1.0, 1.5, 2.0, 2.5, 3.5, 5.0, 6.5]
table = pd.DataFrame({"time": times, "late_entry": late.survival_function_at_times(times).values,
                      "naive": naive.survival_function_at_times(times).values})
table.to_csv(pathlib.Path(__file__).parent / "late_entry.tsv", sep="\t", index=False, float_format="%.12g")
