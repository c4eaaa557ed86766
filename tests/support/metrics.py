"""Metrics of a process, as a collector reads them."""

import requests
from prometheus_client.parser import text_string_to_metric_families


def metric(url: str, name: str, **labels: str) -> float | None:
    """The value of one sample at the address of a process; None if there is none."""
    text = requests.get(f"{url}/metrics", timeout=10).text
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return next((found.value for found in samples if found.name == name and found.labels == labels), None)
