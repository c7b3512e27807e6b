internal import ScenarioModel

extension ReportFormat {
    /// The run's figures as a page of metrics, for a textfile collector.
    public static let openMetrics = ReportFormat(
        name: "openmetrics", fileExtension: "prom", summary: "figures for node_exporter's textfile collector"
    ) { sink in
        DocumentReporter(sink: sink) { MetricsText(metrics: RunMetrics($0)).bytes }
    }
}
