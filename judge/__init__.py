"""The judge: a pure library that turns (submission, problem, box) into a report. It knows no web, queue or database."""
