"""Parses metrics from standard input with prometheus_client: the argument says in which format they are."""

import json
import sys

from prometheus_client.openmetrics import parser as openmetrics
from prometheus_client import parser as text

parsers = {"openMetrics": openmetrics, "text": text}
families = parsers[sys.argv[1]].text_string_to_metric_families(sys.stdin.read())
json.dump(
    [
        {
            "name": family.name,
            "type": family.type,
            "unit": family.unit,
            "help": family.documentation,
            "series": [
                {
                    "series": sample.name + json.dumps(sample.labels, sort_keys=True),
                    "value": str(float(sample.value)),
                    "exemplar": sample.exemplar and sample.exemplar.labels,
                }
                for sample in family.samples
            ],
        }
        for family in families
    ],
    sys.stdout,
)
