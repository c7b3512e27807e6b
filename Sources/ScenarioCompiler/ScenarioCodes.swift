public import Diagnostics

extension Diagnostic.Code {
    /// Every code of scenarios, for `plumb explain`.
    public static let allScenarioCodes: [Diagnostic.Code] = [
        .scenarioForm, .noSteps, .twoKinds, .emptyStep, .needsOutsideParallel, .pollingWithoutUntil,
        .loopKeyWithoutEach, .unknownLoad, .noCases, .equalRows, .casesForm, .table, .unknownParameter,
        .missingParameter, .duplicateID, .captureName, .unknownName, .unknownStep, .unknownMember, .forwardReference,
        .insideLoop, .mayBeSkipped, .cycle, .depth, .unreadableFile, .outsideRoot, .noTarget, .unknownTarget,
        .unsuitedTarget, .unmetRequirement, .jqCompile, .jqArgument, .watch, .faultForm, .faultPlace, .recoveryPlace,
    ]
}
