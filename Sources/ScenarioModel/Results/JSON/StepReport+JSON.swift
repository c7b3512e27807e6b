internal import Expressions

extension StepReport: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.text("id", id)
        writer.text("name", ifPresent: name)
        writer.symbol("kind", kind)
        writer.symbol("verdict", verdict.rawValue)
        writer.text("reason", ifPresent: reason)
        writer.flag("flaky", ifSet: isFlaky)
        writer.milliseconds("started_ms", startedMs)
        writer.milliseconds("ms", ms)
        writer.record("place", place)
        writer.text("target", ifPresent: target)
        writer.record("trace", ifPresent: trace)
        writer.records("failures", unlessEmpty: failures)
        writer.record("exchange", ifPresent: exchange)
        writer.records("retries", unlessEmpty: retries)
        writer.record("polls", ifPresent: polls)
        if let recoveredMs { writer.milliseconds("recovered_ms", recoveredMs) }
        writer.object("captures", unlessEmpty: captures)
        writer.value("aggregate", ifPresent: aggregate)
        writer.value("course", ifPresent: course)
        writer.texts("needs", unlessEmpty: needs)
        writer.texts("notes", unlessEmpty: notes)
        writer.records("children", unlessEmpty: children)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            id: try reader.text("id"), name: try reader.optionalText("name"), kind: try reader.text("kind"),
            place: try reader.record("place"), verdict: try reader.symbol("verdict"))
        reason = try reader.optionalText("reason")
        isFlaky = try reader.flag("flaky")
        startedMs = try reader.milliseconds("started_ms")
        ms = try reader.milliseconds("ms")
        target = try reader.optionalText("target")
        trace = try reader.optionalRecord("trace")
        failures = try reader.records("failures")
        exchange = try reader.optionalRecord("exchange")
        retries = try reader.records("retries")
        polls = try reader.optionalRecord("polls")
        if reader.object["recovered_ms"] != nil { recoveredMs = try reader.milliseconds("recovered_ms") }
        captures = try reader.members("captures")
        aggregate = reader.object["aggregate"]
        course = reader.object["course"]
        needs = try reader.texts("needs")
        notes = try reader.texts("notes")
        children = try reader.records("children")
    }
}

extension StepReport.Retry: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.text("cause", cause)
        writer.milliseconds("ms", ms)
        writer.milliseconds("waited_ms", waitedMs)
        if !spanID.isEmpty {
            writer.symbol("span_id", spanID)
            writer.milliseconds("started_ms", startedMs)
        }
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            cause: try reader.text("cause"), ms: try reader.milliseconds("ms"),
            waitedMs: try reader.milliseconds("waited_ms"), startedMs: try reader.milliseconds("started_ms"),
            spanID: try reader.text("span_id", default: ""))
    }
}

extension StepReport.Trace: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.symbol("trace_id", traceID)
        writer.symbol("span_id", spanID)
        writer.symbol("attempt_span_id", attemptSpanID)
        writer.milliseconds("started_ms", startedMs)
        writer.milliseconds("ms", ms)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            traceID: try reader.text("trace_id"), spanID: try reader.text("span_id"),
            attemptSpanID: try reader.text("attempt_span_id"), startedMs: try reader.milliseconds("started_ms"),
            ms: try reader.milliseconds("ms"))
    }
}

extension StepReport.Polls: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.integer("count", count)
        writer.milliseconds("ms", ms)
        writer.text("last", last)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            count: try reader.integer("count"), ms: try reader.milliseconds("ms"), last: try reader.text("last"))
    }
}

extension StepReport.Exchange: ResultRecord {
    func write(to writer: inout some ResultWriter) {
        writer.text("summary", summary)
        writer.texts("request", unlessEmpty: request)
        writer.texts("response", unlessEmpty: response)
        writer.text("body", ifPresent: body)
        writer.integer("body_bytes", ifPresent: bodyBytes)
        writer.text("command", ifPresent: command)
        writer.object("timing", unlessEmpty: timing)
        writer.object("attributes", unlessEmpty: attributes)
    }

    init(from reader: ResultReader) throws(ResultFormatError) {
        self.init(
            summary: try reader.text("summary"), request: try reader.texts("request"),
            response: try reader.texts("response"), body: try reader.optionalText("body"),
            bodyBytes: try reader.optionalInteger("body_bytes"), command: try reader.optionalText("command"),
            timing: try reader.members("timing"), attributes: try reader.members("attributes"))
    }
}
