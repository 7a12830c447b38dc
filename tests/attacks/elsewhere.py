"""The attacks that are no submission in Python: where they are tried, or with what they come."""

_API = "tests/api/test_api_attacks.py"
_VIEWS = "tests/api/test_api_views.py"

ELSEWHERE: dict[int, tuple[str, str]] = {
    11: ("output symlinked to a file of the host", "a child can make no file, and nobody collects any: 48"),
    21: ("the answer included by the compiler", "comes with compiled languages"),
    23: ("exit code, signal or verdict told", _VIEWS + "::test_hidden_cases_show_number_verdict_time_and_memory_only"),
    24: ("time as a channel", f"{_VIEWS}::test_figures_are_no_channel"),
    25: ("memory as a channel", f"{_VIEWS}::test_figures_are_no_channel"),
    27: ("a download that shows a hidden case", f"{_VIEWS}::test_problems_show_samples_and_nothing_hidden"),
    29: ("a run of one's own given a hidden test's name", f"{_API}::test_a_run_can_name_no_hidden_case"),
    47: ("a zip bomb as a problem's asset", "comes with packages sent over HTTP"),
    64: ("a neighbour made slower", "tests/attacks/test_neighbours.py::test_a_box_beside_a_hog_judges_rightly"),
    65: ("../ in ids and names", f"{_API}::test_a_path_in_a_name_leads_nowhere"),
    73: ("a limit of zero or less", f"{_API}::test_a_client_sets_no_limits"),
}  # fmt: skip
