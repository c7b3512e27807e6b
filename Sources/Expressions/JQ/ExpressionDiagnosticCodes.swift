public import Diagnostics

extension Diagnostic.Code {
    /// The text is no jq program.
    public static let jqSyntax = Self(
        "jq.syntax",
        "The text is no jq 1.6 program. The mark stands where it stops being one, or at the bracket that is not closed."
    )
    /// A call of a function that is not there.
    public static let jqUnknownFunction = Self(
        "jq.unknown-function",
        "No function of that name takes that many arguments. Functions are jq 1.6's, Plumb's, and those of 'def'.")
    /// A use of a variable that is not there.
    public static let jqUnknownVariable = Self(
        "jq.unknown-variable",
        "No variable of that name is in scope. The language gives $vars, $env, $secrets, $steps, $needs, $case, $item, "
            + "$index, $attempt, $suite, $config, $baseline and $run; 'as', 'reduce' and 'def' make others.")
    /// A part of jq that expressions do not have.
    public static let jqForbidden = Self(
        "jq.forbidden",
        "Expressions reach no file, environment or process, so the parts of jq that do are not there.")
    /// Nothing to evaluate.
    public static let jqEmpty = Self("jq.empty", "There is no expression where one is due.")
    /// `.` where it has no meaning.
    public static let jqNoDot = Self(
        "jq.no-dot",
        "'.' is the result of a step, and here is none. Read an earlier result through $steps, a row through $case.")
    /// `$steps` or `$needs` without a literal name behind it.
    public static let jqStepName = Self(
        "jq.step-name",
        "$steps and $needs are followed by a literal name, so that the execution graph is known before the run.")
    /// `all` of something that may be empty.
    public static let jqAllOfNothing = Self(
        "jq.all-of-nothing",
        "'all' of an empty array is true, so the assertion holds when nothing is there. An assertion that yields one "
            + "output for each element fails when there is none.")
    /// `//` whose operand is a comparison.
    public static let jqAlternativeBesideComparison = Self(
        "jq.alternative-beside-comparison",
        "'//' binds weaker than comparisons and than 'and' and 'or', so it rarely means what stands there. "
            + "Put the alternative into parentheses.")
    /// `|` behind `and` or `or`.
    public static let jqPipeAfterLogic = Self(
        "jq.pipe-after-logic",
        "'|' binds weaker than 'and' and 'or', so it takes the result of the whole logic before it. "
            + "Put the operand with its pipe into parentheses.")
    /// An assertion that reads nothing.
    public static let jqConstant = Self(
        "jq.constant", "The expression reads nothing, so its value is known before the run and tests nothing.")
    /// An assertion that assigns.
    public static let jqAssignment = Self(
        "jq.assignment", "'=' and its kin yield the changed input, which is not true. Comparisons are written '=='.")
    /// A number of the program that a double does not hold.
    public static let jqInexactNumber = Self(
        "jq.inexact-number",
        "jq computes with doubles, which do not hold this integer. Plumb carries such integers as text.")
    /// A key with a dash that jq reads as a subtraction.
    public static let jqDashInKey = Self(
        "jq.dash-in-key",
        "'.content-type' subtracts 'type' from '.content'. A key with a dash is written [\"content-type\"].")
    /// A template that does not end.
    public static let templateUnclosed = Self(
        "template.unclosed",
        "A '${{' has no '}}' behind it. To write the characters themselves, write '$${{'.")

    /// The codes of this module, each once.
    public static let allExpressionCodes: [Self] = [
        .jqSyntax, .jqUnknownFunction, .jqUnknownVariable, .jqForbidden, .jqEmpty, .jqNoDot, .jqStepName,
        .jqAllOfNothing, .jqAlternativeBesideComparison, .jqPipeAfterLogic, .jqConstant, .jqAssignment,
        .jqInexactNumber, .jqDashInKey,
        .templateUnclosed,
    ]
}
