"""What the operator is told of the whole machine: one module a subject, each finding with what to do."""
