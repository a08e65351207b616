"""Counts the same page with DuckDB as `cargo bench -p research --bench cohort -- CASES FOLDER`, and prints both.

Usage: python crates/research/benches/cohort_duckdb.py FOLDER [ROUNDS]   (pip install duckdb)

The tables lie in memory, words are ENUMs, cases are numbers in order, and a case's altered and covered genes come once
each, so that nothing has to be made distinct. The peer may use every processor. Its page is the faster of two ways: the
cohort as a condition in each statement, or as a table of case numbers that is made once.
"""

import statistics
import sys
import time

import duckdb

FACETS = ["tumour", "hospital", "sex", "age_band", "ps", "smoking", "stage", "sample"]


def load(folder):
    con = duckdb.connect()
    words = ["tumour", "hospital", "sex", "ps", "smoking", "stage", "sample", "panel"]
    start = time.perf_counter()
    types = "{'case':'INTEGER','age':'UTINYINT','age_band':'UTINYINT','died':'BOOLEAN','days':'USMALLINT'}"
    con.execute(
        f"CREATE TABLE raw AS SELECT * FROM read_csv('{folder}/cases.csv', header=true, types={types}, nullstr='')"
    )
    for word in words:
        con.execute(f"CREATE TYPE {word}_t AS ENUM (SELECT DISTINCT {word}::VARCHAR FROM raw WHERE {word} IS NOT NULL)")
    columns = ", ".join(f"{word}::VARCHAR::{word}_t AS {word}" for word in words)
    con.execute(f'CREATE TABLE cases AS SELECT "case", age, age_band, died, days, {columns} FROM raw ORDER BY "case"')
    con.execute("DROP TABLE raw")
    for table, words, types in [
        ("altered", ["gene"], "{'case':'INTEGER'}"),
        ("drugs", ["drug", "response"], "{'case':'INTEGER'}"),
        ("coverage", ["panel", "gene"], "{}"),
    ]:
        read = f"read_csv('{folder}/{table}.csv', header=true, nullstr=''" + (f", types={types})" if types != "{}" else ")")
        con.execute(f"CREATE TABLE raw AS SELECT * FROM {read}")
        for word in words:
            if (table, word) == ("coverage", "panel"):
                continue
            if (table, word) == ("coverage", "gene"):
                con.execute("CREATE TYPE cgene_t AS ENUM (SELECT DISTINCT gene FROM raw)")
                continue
            con.execute(f"CREATE TYPE {word}_t AS ENUM (SELECT DISTINCT {word} FROM raw WHERE {word} IS NOT NULL)")
        names = {"coverage": {"panel": "VARCHAR", "gene": "VARCHAR"}}.get(table, {w: f"{w}_t" for w in words})
        case = '"case", ' if table != "coverage" else ""
        columns = ", ".join(f"{word}::{names[word]} AS {word}" for word in words)
        con.execute(f"CREATE TABLE {table} AS SELECT {case}{columns} FROM raw")
        con.execute("DROP TABLE raw")
    print(f"DuckDB {duckdb.__version__}: tables loaded in {time.perf_counter() - start:.1f} s", end="; ")
    print(con.execute("SELECT (SELECT count(*) FROM cases), (SELECT count(*) FROM altered), (SELECT count(*) FROM drugs)").fetchone())
    return con


def page(con, where, materialised):
    """Computes the page; returns its check sums."""
    if materialised:
        con.execute(f'CREATE OR REPLACE TEMP TABLE cohort AS SELECT * FROM cases WHERE {where}')
        source, members = "cohort", 'SELECT "case" FROM cohort'
    else:
        source, members = f"(SELECT * FROM cases WHERE {where})", f'SELECT "case" FROM cases WHERE {where}'
    count = con.execute(f"SELECT count(*) FROM {source}").fetchone()[0]
    for facet in FACETS:
        con.execute(f"SELECT {facet}, count(*) FROM {source} GROUP BY 1 ORDER BY 2 DESC").fetchall()
    genes = con.execute(
        f"""WITH top AS (SELECT gene, count(*) AS altered FROM altered SEMI JOIN ({members}) USING ("case")
                         GROUP BY gene ORDER BY altered DESC, gene::VARCHAR LIMIT 50),
                 panels AS (SELECT panel::VARCHAR AS panel, count(*) AS tested FROM {source} GROUP BY 1)
            SELECT top.gene::VARCHAR, altered, sum(tested) FROM top
            JOIN coverage ON coverage.gene = top.gene::VARCHAR JOIN panels USING (panel) GROUP BY ALL"""
    ).fetchall()
    drugs = con.execute(
        f'SELECT drug, response, count(*) FROM drugs SEMI JOIN ({members}) USING ("case") GROUP BY ALL'
    ).fetchall()
    days = con.execute(
        f"SELECT days, count(*) FILTER (died), count(*) FILTER (NOT died) FROM {source} WHERE days IS NOT NULL GROUP BY 1 ORDER BY 1"
    ).fetchall()
    return (
        count,
        sum(row[1] for row in genes),
        sum(row[2] for row in genes),
        sum(row[2] for row in drugs),
        sum(row[1] for row in days),
    )


def main():
    folder = sys.argv[1]
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 9
    con = load(folder)
    for line in open(f"{folder}/ours.tsv", encoding="utf-8"):
        where, seconds, *sums = line.rstrip("\n").split("\t")
        ours = tuple(int(value) for value in sums)
        best = None
        for materialised in (False, True):
            found = page(con, where, materialised)
            assert found == ours, f"{where}: DuckDB counts {found}, we count {ours}"
            taken = []
            for _ in range(rounds):
                start = time.perf_counter()
                page(con, where, materialised)
                taken.append(time.perf_counter() - start)
            median = statistics.median(taken)
            best = median if best is None else min(best, median)
        print(f"{where:18} {ours[0]:9,} cases: DuckDB {best * 1e3:7.1f} ms, ours {float(seconds) * 1e3:6.2f} ms, ratio {best / float(seconds):5.1f}")


main()
