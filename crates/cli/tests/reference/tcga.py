"""Counts survival and co-alteration of the TCGA tables without this program: plain reading, lifelines, scipy.

Made tcga.json with lifelines 0.30.3 (Python 3.12 or newer, zstd on PATH):
    python tcga.py ../../../../../shared/data/tcga > tcga.json
"""

import csv
import json
import math
import subprocess
import sys

import pandas
from lifelines import CoxPHFitter, KaplanMeierFitter
from lifelines.statistics import multivariate_logrank_test
from lifelines.utils import median_survival_times
from scipy.stats import fisher_exact, false_discovery_control

FOLDER = sys.argv[1]
DAYS = [180, 365, 730, 1095, 1826]


def altered(file, accepted):
    """Returns for each tumour of a table its genes with a mutation that passes and is not silent."""
    text = subprocess.run(["zstd", "-dc", f"{FOLDER}/maf/{file}"], capture_output=True, text=True, check=True).stdout
    genes = {}
    for row in csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        own = genes.setdefault(row["Tumor_Sample_Barcode"], set())
        passes = all(mark in accepted for mark in row["FILTER"].split(",")) or not row["FILTER"]
        if passes and row["Variant_Classification"] != "Silent":
            own.add(row["Hugo_Symbol"])
    return genes


with open(f"{FOLDER}/clinical.tsv", encoding="utf-8") as table:
    CLINICAL = {row["Tumor_Sample_Barcode"]: row for row in csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE)}


def followed(samples):
    """Returns days and events of those whose follow-up is known and does not end before it begins."""
    rows = [CLINICAL[sample] for sample in samples if sample in CLINICAL]
    rows = [row for row in rows if row["os_event"] and row["os_days"] and float(row["os_days"]) >= 0]
    return [float(row["os_days"]) for row in rows], [int(row["os_event"]) for row in rows]


def curve(samples):
    days, events = followed(samples)
    fitted = KaplanMeierFitter().fit(days, events)
    bounds = fitted.confidence_interval_
    median = median_survival_times(bounds)
    number = lambda value: None if value == float("inf") else float(value)
    points = []
    for day in DAYS:
        at = fitted.survival_function_.index.searchsorted(day, side="right") - 1
        points.append({
            "day": day,
            "survival": float(fitted.survival_function_.iloc[at, 0]),
            "lower": float(bounds.iloc[at, 0]),
            "upper": float(bounds.iloc[at, 1]),
            "atRisk": sum(1 for each in days if each >= day),
        })
    return {
        "cases": len(days),
        "deaths": sum(events),
        "leftOut": len(samples) - len(days),
        "medianDays": number(fitted.median_survival_time_),
        "medianLowerDays": number(median.iloc[0, 0]),
        "medianUpperDays": number(median.iloc[0, 1]),
        "points": points,
    }


def compared(groups):
    days, events, names = [], [], []
    for name, samples in groups.items():
        own_days, own_events = followed(samples)
        days += own_days
        events += own_events
        names += [name] * len(own_days)
    test = multivariate_logrank_test(days, names, events)
    return {"chiSquare": float(test.test_statistic), "p": float(test.p_value), "degrees": int(test.degrees_of_freedom)}


def of_stage(samples, words):
    stage = lambda row: row["stage"] or row["clinical_stage"]
    return [each for each in samples if each in CLINICAL and stage(CLINICAL[each]) in words]


def hazard_ratios(samples, covariates):
    """Fits Efron's model, as lifelines does, of those whose follow-up and covariates are known."""
    rows, unknown = [], 0
    for sample in samples:
        if sample not in CLINICAL or not followed([sample])[0]:
            continue
        own = {name: covariate(sample) for name, covariate in covariates.items()}
        if any(value is None for value in own.values()):
            unknown += 1
            continue
        (days,), (event,) = followed([sample])
        rows.append({"days": days, "event": event, **own})
    fitted = CoxPHFitter().fit(
        pandas.DataFrame(rows), "days", "event", fit_options={"precision": 1e-12, "step_size": 0.95}
    )
    test = fitted.log_likelihood_ratio_test()
    bounds = fitted.confidence_intervals_
    return {
        "cases": len(rows),
        "deaths": sum(row["event"] for row in rows),
        "unknownCovariates": unknown,
        "logLikelihood": float(fitted.log_likelihood_),
        "likelihoodRatio": {"chiSquare": float(test.test_statistic), "p": float(test.p_value), "degrees": len(covariates)},
        "covariates": [{
            "covariate": name,
            "coefficient": float(fitted.params_[name]),
            "standardError": float(fitted.standard_errors_[name]),
            "hazardRatio": float(fitted.hazard_ratios_[name]),
            "lower": float(math.exp(bounds.loc[name].iloc[0])),
            "upper": float(math.exp(bounds.loc[name].iloc[1])),
            "p": float(fitted.summary.loc[name, "p"]),
        } for name in covariates],
    }


def age(sample):
    return float(int(float(CLINICAL[sample]["age"]))) if CLINICAL[sample]["age"] else None


def male(sample):
    return {"male": 1.0, "female": 0.0}.get(CLINICAL[sample]["sex"].lower())


def of_gene(genes, gene):
    return lambda sample: float(gene in genes[sample])


def of_level(level):
    """Returns whether a case is of a stage of those of which one of the four is known."""
    known = {sample: number for number, own in STAGES.items() for sample in own}
    return lambda sample: float(known[sample] == level) if sample in known else None


HNSC = altered("HNSC.MC3.maf.zst", {"PASS"})
OV = altered("OV.MC3.maf.zst", {"PASS", "wga"})
KIRC = altered("KIRC.MC3.maf.zst", {"PASS"})
LUAD = altered("LUAD.Firehose.maf.zst", {"PASS"})
TP53 = {
    "with": [sample for sample, genes in HNSC.items() if "TP53" in genes],
    "without": [sample for sample, genes in HNSC.items() if "TP53" not in genes],
}
STAGES = {
    number: of_stage(KIRC, words)
    for number, words in {
        "1": ["Stage I"], "2": ["Stage II"], "3": ["Stage III"], "4": ["Stage IV"],
    }.items()
}
GENES = ["TP53", "KRAS", "EGFR", "STK11", "KEAP1"]


def pairs():
    found = []
    for at, first in enumerate(GENES):
        for second in GENES[at + 1:]:
            cells = [[0, 0], [0, 0]]
            for genes in (genes for sample, genes in LUAD.items() if sample in CLINICAL):
                cells[first not in genes][second not in genes] += 1
            test = fisher_exact(cells)
            found.append({
                "first": first, "second": second, "both": cells[0][0], "onlyFirst": cells[0][1],
                "onlySecond": cells[1][0], "neither": cells[1][1],
                "oddsRatio": float(test.statistic), "p": float(test.pvalue),
            })
    for pair, q in zip(found, false_discovery_control([pair["p"] for pair in found])):
        pair["q"] = float(q)
    return found


json.dump({
    "hnscByTp53": {"groups": {name: curve(own) for name, own in TP53.items()}, "logRank": compared(TP53)},
    "kircByStage": {"groups": {name: curve(own) for name, own in STAGES.items()}, "logRank": compared(STAGES)},
    "hnscCox": hazard_ratios(HNSC, {"age": age, "sex=male": male, "gene=TP53": of_gene(HNSC, "TP53")}),
    "kircCox": hazard_ratios(KIRC, {f"stage={level}": of_level(level) for level in "234"} | {"age": age}),
    "ov": curve(list(OV)),
    "luadPairs": pairs(),
}, sys.stdout, indent=1, sort_keys=True)
print()
