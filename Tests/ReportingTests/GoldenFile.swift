import PlumbTesting

/// Compares a report with its golden file in this target's folder; `RECORD_GOLDEN=1` records it.
func expectGolden(_ text: String, _ name: String) throws {
    try Golden.compare(text, with: PackageFolder.path + "/Tests/ReportingTests/Golden/" + name)
}
