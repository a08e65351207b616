"""Prints, for each JSON document of a file of lines, whether it follows a JSON Schema: 1 or 0 a line."""
import json
import sys

import jsonschema

with open(sys.argv[1], encoding="utf-8") as file:
    validator = jsonschema.Draft7Validator(json.load(file))
with open(sys.argv[2], encoding="utf-8") as file:
    for line in file:
        print(int(validator.is_valid(json.loads(line))))
