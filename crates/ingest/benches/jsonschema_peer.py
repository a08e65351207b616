"""The peer of cats_validate: Python's jsonschema on the same files, one core, in the same run.

Prints the median seconds of a pass over all files, once with parsing (what a program that is given bytes
must do) and once for already parsed documents.
"""
import json
import statistics
import sys
import time

import jsonschema

schema_path, rounds, *paths = sys.argv[1:]
with open(schema_path, encoding="utf-8") as file:
    validator = jsonschema.Draft7Validator(json.load(file))
texts = [open(path, "rb").read() for path in paths]
documents = [json.loads(text) for text in texts]


def median_of(one_pass):
    seconds = []
    for _ in range(int(rounds)):
        start = time.perf_counter()
        one_pass()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def validate():
    for document in documents:
        list(validator.iter_errors(document))


def parse_and_validate():
    for text in texts:
        list(validator.iter_errors(json.loads(text)))


print(json.dumps({"parsed": median_of(validate), "bytes": median_of(parse_and_validate)}))
