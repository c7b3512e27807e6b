public import Diagnostics

extension Diagnostic.Code {
    static let metricQuery = Diagnostic.Code(
        "metric.query", "The query is no PromQL that any server could read: a bracket or a text in quotes has no end.")
    static let metricQuestion = Diagnostic.Code(
        "metric.question",
        "A 'metric' step asks one thing: a query, 'match', 'labels', 'alerts', 'rules', 'targets', 'metadata', "
            + "'exemplars' or 'delta'.")
    static let metricDriver = Diagnostic.Code(
        "metric.driver",
        "An 'openmetrics' target is a page of present values: it answers plain selectors such as up{job=\"node\"}. "
            + "Functions, ranges, rules and alerts need a target of kind 'prometheus'.")
    static let metricTime = Diagnostic.Code(
        "metric.time", "A time is written as RFC 3339 has it, or as seconds since 1970.")
    static let metricRange = Diagnostic.Code(
        "metric.range", "A range is as long as 'last' says, or begins at 'from'; its points are 'step' apart.")
    static let metricSetting = Diagnostic.Code(
        "metric.setting", "A setting of the target does not have the form that its key takes.")

    /// The codes of `metric` steps.
    public static let allMetricCodes: [Diagnostic.Code] = [
        metricQuery, metricQuestion, metricDriver, metricTime, metricRange, metricSetting,
        Diagnostic.Code(
            "metric.protocol", "What answered is no Prometheus, or no page of metrics, or one that is cut or broken."),
        Diagnostic.Code(
            "metric.rejected", "The server understood the question and refused it, for the reason it gives."),
        Diagnostic.Code(
            "metric.timeout", "No answer came in time; for 'delta', no scrape that is later than the watched step."),
    ]
}
