"""What Logstash logs while Elasticsearch does not take a document."""

from __future__ import annotations

import re

from generator.paths import ROOT

#: What logstash-output-elasticsearch 12.1.6 writes, as the text stands in its code. The second comes with a document.
RETRYING = "Retrying individual bulk actions that failed or were rejected by the previous bulk request"
WITH_DOCUMENT = "Retrying failed action"


def test_documents_that_are_sent_again_are_logged_without_one_of_them() -> None:
    """Whatever the output's level is; the line that comes with a document stays below that level."""
    text = (ROOT / "compose" / "logstash" / "log4j2.properties").read_text(encoding="utf-8")
    properties = dict(re.findall(r"^([\w.]+) = (.*)$", text, re.MULTILINE))
    # A filter of the whole configuration: a logger's own is asked only about what its level lets through.
    pattern = properties["filter.retrying.regex"]
    assert re.fullmatch(pattern, RETRYING)
    assert not re.fullmatch(pattern, WITH_DOCUMENT)
    assert properties["filter.retrying.type"] == "RegexFilter"
    assert properties["filter.retrying.useRawMsg"] == "true"
    assert properties["filter.retrying.onMatch"] == "ACCEPT"
    assert properties["filter.retrying.onMismatch"] == "NEUTRAL"
