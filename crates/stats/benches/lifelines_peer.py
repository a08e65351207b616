"""Times lifelines on a file of cases: median seconds of one curve, and of two curves and the log-rank test.

python lifelines_peer.py CASES.csv [RUNS]
"""
import statistics, sys, time

import pandas as pd
from lifelines import KaplanMeierFitter
from lifelines.statistics import logrank_test

cases = pd.read_csv(sys.argv[1])
runs = int(sys.argv[2]) if len(sys.argv) > 2 else 5
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


print(seconds(lambda: KaplanMeierFitter().fit(exit, event)), seconds(both))
