"""Reads requests of OTLP in JSON, a line each on standard input, with OpenTelemetry's own messages (opentelemetry-proto).

Each must be one of a known message, without a field that the message lacks. Where a folder is named, its files 0, 1, …
hold the same requests in the binary form. Prints what it found, or what is wrong.
"""

import base64
import gzip
import json
import sys

from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


def with_bytes(value):
    """OTLP writes ids in hexadecimal, where JSON of protobuf has base64."""
    if isinstance(value, list):
        return [with_bytes(element) for element in value]
    if not isinstance(value, dict):
        return value
    ids = {"traceId", "spanId", "parentSpanId"}
    return {
        key: base64.b64encode(bytes.fromhex(inner)).decode() if key in ids else with_bytes(inner)
        for key, inner in value.items()
    }


def check(holds, what):
    if not holds:
        sys.exit(f"wrong: {what}")


spans, points, names, links, parents = {}, 0, set(), 0, []
for number, line in enumerate(sys.stdin):
    body = with_bytes(json.loads(line))
    if "resourceSpans" in body:
        request = json_format.ParseDict(body, ExportTraceServiceRequest())
        for resource in request.resource_spans:
            check(any(each.key == "service.name" for each in resource.resource.attributes), "no service.name")
            for scope in resource.scope_spans:
                for span in scope.spans:
                    check(len(span.trace_id) == 16 and any(span.trace_id), f"the trace of {span.name}")
                    check(len(span.span_id) == 8 and any(span.span_id), f"the id of {span.name}")
                    check(span.span_id not in spans, f"{span.name} has the id of another")
                    check(0 < span.start_time_unix_nano <= span.end_time_unix_nano, f"the times of {span.name}")
                    check(span.kind in (1, 3), f"the kind of {span.name}")
                    spans[span.span_id] = span
                    links += len(span.links)
                    if span.parent_span_id:
                        parents.append(span)
    else:
        request = json_format.ParseDict(body, ExportMetricsServiceRequest())
        for resource in request.resource_metrics:
            for scope in resource.scope_metrics:
                for metric in scope.metrics:
                    names.add(metric.name)
                    for point in metric.gauge.data_points:
                        check(point.time_unix_nano > 0, f"the time of {metric.name}")
                        check(point.WhichOneof("value") == "as_double", f"the value of {metric.name}")
                        points += 1
    if len(sys.argv) > 1:
        with open(f"{sys.argv[1]}/{number}", "rb") as file:
            binary = file.read()
        if binary.startswith(b"\x1f\x8b"):
            binary = gzip.decompress(binary)
        check(type(request).FromString(binary) == request, f"request {number} differs in its binary form")
for span in parents:
    parent = spans.get(span.parent_span_id)
    check(parent is not None and parent.trace_id == span.trace_id, f"the parent of {span.name}")
print(f"{len(spans)} spans, {len(parents)} below others, {links} links, {len(names)} metrics, {points} points")
