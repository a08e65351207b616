"""Reads the two files of `cargo bench -p research --bench portal -- CASES FOLDER` with DuckDB, and prints both times.

Usage: python crates/research/benches/portal_duckdb.py FOLDER [ROUNDS]   (pip install duckdb)

The peer reads every cell as text into tables in memory, on every processor, and does nothing else: no digest, no check,
no joining of a case's rows, no page. So the ratio says how much longer everything takes than reading alone.
"""

import statistics
import sys
import time

import duckdb


def read(paths):
    con = duckdb.connect()
    start = time.perf_counter()
    for number, path in enumerate(paths):
        con.execute(f"CREATE TABLE file{number} AS SELECT * FROM read_csv('{path}', header=true, all_varchar=true)")
    taken = time.perf_counter() - start
    rows = [con.execute(f"SELECT count(*) FROM file{number}").fetchone()[0] for number in range(len(paths))]
    con.close()
    return taken, rows


def main():
    folder = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    *paths, ours = open(f"{folder}/ours.tsv", encoding="utf-8").read().split()
    taken = [read(paths) for _ in range(rounds)]
    peer = statistics.median(seconds for seconds, _ in taken)
    print(f"DuckDB {duckdb.__version__} reads {taken[0][1]} rows in {peer:.2f} s (median of {rounds});", end=" ")
    print(f"ours, to the first page: {float(ours):.2f} s, {float(ours) / peer:.2f} times as long")


main()
