"""Times lifelines on a file of cases: median seconds of one curve, of two curves and the log-rank test, and of a model.

python lifelines_peer.py CASES.csv CASES_OF_THE_MODEL [RUNS]
"""
import statistics, sys, time

import pandas as pd
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import logrank_test

cases = pd.read_csv(sys.argv[1])
runs = int(sys.argv[3]) if len(sys.argv) > 3 else 5
few = cases.head(int(sys.argv[2]))
exit, event = cases["exit"].to_numpy(), cases["event"].to_numpy()
first = cases["group"].to_numpy() == 0


def seconds(work):
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def both():
    KaplanMeierFitter().fit(exit[first], event[first])
    KaplanMeierFitter().fit(exit[~first], event[~first])
    return logrank_test(exit[first], exit[~first], event[first], event[~first])


print(seconds(lambda: KaplanMeierFitter().fit(exit, event)), seconds(both),
      seconds(lambda: CoxPHFitter().fit(few, "exit", "event")))
