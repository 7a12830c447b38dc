"""The HTTP side of the judge: takes submissions in, keeps them, hands verdicts out. Judges nothing itself."""
