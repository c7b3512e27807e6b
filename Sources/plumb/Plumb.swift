import ArgumentParser

@main
struct Plumb: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "plumb", version: "0.1.0")
}
