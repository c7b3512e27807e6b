public import Diagnostics

extension Diagnostic.Code {
    /// Every code of reading templates and expressions out of a file, for `plumb explain`.
    public static let allTemplateCodes: [Diagnostic.Code] = [
        .expectedExpression, .templateInKey, .templateType, .otherTemplate,
    ]

    /// Every code of a failure that a run can report, those of the kinds of step apart.
    public static let allFailureCodes: [Diagnostic.Code] = [
        Diagnostic.Code(
            "expect.implied",
            "The step says nothing of this member, and the kind of step expects something of it by itself: of http a "
                + "2xx status. Write the status under 'expect' where another is right."),
        Diagnostic.Code(
            "expect.mismatch",
            "The result is not as the tree of 'expect' has it. Objects are compared in part, arrays exactly, leaves by "
                + "JSON type and value; each place that differs is listed."),
        Diagnostic.Code(
            "assert.false",
            "An assertion did not hold: one of its outputs is not true. The value of each side of the deciding "
                + "comparison is shown."),
        Diagnostic.Code(
            "assert.missing-path",
            "A path from the root does not exist in the result. '.a.b?' allows that it is absent, 'has(\"b\")' asks."),
        Diagnostic.Code(
            "assert.unordered",
            "'<', '<=', '>' and '>=' compare values of one JSON type. jq would order null before numbers before texts, "
                + "and the assertion would prove nothing."),
        Diagnostic.Code(
            "assert.error", "jq ended with an error, or with no output or several where one is due."),
        Diagnostic.Code(
            "assert.budget",
            "An expression ran longer or took more memory than an evaluation may; it was stopped. Look for a loop "
                + "without an end."),
        Diagnostic.Code(
            "capture.failed",
            "A capture yields one value that is not null. '{ jq: …, default: … }' says what it is otherwise."),
        Diagnostic.Code(
            "fault.not-recovered",
            "The steps of a faulted group did not all pass within 'recovers_within' of the fault's end. They are "
                + "repeated until they do; the last round is shown."),
        Diagnostic.Code(
            "until.time", "The condition of 'until' did not become true within its time. The last look is shown."),
        Diagnostic.Code("until.given-up", "The condition of 'give_up' became true, so polling ended as failed."),
        Diagnostic.Code("if.failed", "The condition of 'if' is one boolean, and could not be evaluated to one."),
        Diagnostic.Code("each.failed", "The list of 'each' could not be evaluated."),
        Diagnostic.Code("each.list", "'each' takes jq that yields one array."),
        Diagnostic.Code(
            "each.empty",
            "'each' had no element, or fewer than 'min', so nothing would be proved. '{ in: JQ, min: 0 }' allows it."),
        Diagnostic.Code("repeat.assert", "An assertion on the aggregate of a 'repeat' did not hold."),
        Diagnostic.Code("repeat.none", "A 'repeat' started no run, so nothing is proved: look at its time and rate."),
        Diagnostic.Code("repeat.pass", "Fewer runs of a 'repeat' passed than its 'pass' asks for."),
        Diagnostic.Code("load.threshold", "An assertion on the aggregate of a load did not hold."),
        Diagnostic.Code("load.none", "No run of a load ended, so nothing is proved."),
        Diagnostic.Code("load.pass", "Fewer runs of a load passed than its 'pass' asks for."),
        Diagnostic.Code(
            "load.dropped",
            "Arrivals found as many runs in flight as there may be, and were dropped; 'allow_dropped' allows some."),
        Diagnostic.Code(
            "load.unfinished", "Runs had not ended a while after the last was started, and were cut off ('--drain')."),
        Diagnostic.Code("load.worse", "The load is worse than the one that it was compared with ('--baseline')."),
        Diagnostic.Code("load.extent", "A load goes on for a time or a number of runs; 'while' belongs to a step."),
        Diagnostic.Code("output.failed", "An output of a scenario that another uses could not be evaluated."),
        Diagnostic.Code(
            "template.failed",
            "A template yields one value. In text that is a string, a number or a boolean; null, arrays and objects have "
                + "no text."),
        Diagnostic.Code(
            "reference.not-available",
            "The expression reads a step that has no result, because it was skipped or failed before it had one."),
        Diagnostic.Code(
            "target.setting",
            "A target that the scenario derives has a setting whose value cannot be used, such as a pool of size 0."),
        Diagnostic.Code("step.no-driver", "This build of plumb cannot carry out the kind of step."),
        Diagnostic.Code(
            "run.time",
            "A limit of time was reached. The message names the limit and the place that set it: an attempt's, "
                + "'within', a group's, the scenario's, or that of the cleanup."),
        Diagnostic.Code("run.crash", "The worker process died while the test ran; the others went on in a new one."),
        Diagnostic.Code("run.lost", "A step ended without a result: an error of plumb itself. Please report it."),
        Diagnostic.Code("run.interrupted", "The run was interrupted while the test ran; its cleanup was carried out."),
        Diagnostic.Code("run.unfinished", "The run ended before the test did."),
    ]
}
