extension NativeProgram {
    /// What comes of the expression without libjq.
    func outcome(in context: EvaluationContext) -> Outcome {
        do throws(EvaluationError) {
            return Outcome(outputs: try outputs(in: context))
        } catch {
            return Outcome(error: error)
        }
    }
}
