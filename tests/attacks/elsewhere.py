"""The attacks that are no submission in Python: where they are tried, or with what they come."""

_API = "tests/api/test_api_attacks.py"
_BAD = "tests/api/test_api_bad_input.py"
_KEYS = "tests/api/test_api_keys.py"
_RATES = "tests/api/test_api_rates.py"
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
    74: (
        "another organisation's objects",
        "tests/api/test_api_walls.py::test_nothing_of_an_organisation_is_reached_with_anothers_key",
    ),
    75: ("a key that is forged, revoked or over", f"{_API}::test_nothing_that_is_sent_makes_a_key_or_makes_it_more"),
    76: ("verdict, limits or rights set by the client", f"{_KEYS}::test_a_key_that_may_not_be_made"),
    81: ("the queue flooded", f"{_RATES}::test_a_key_gets_so_many_submissions_and_then_429"),
    82: ("JSON too large, too deep, wrongly encoded", f"{_BAD}::test_a_bad_body_is_explained"),
    84: ("a report that no worker sent", f"{_API}::test_nobody_but_a_worker_reports"),
    86: ("keys guessed", f"{_RATES}::test_wrong_keys_get_the_same_401_and_then_429"),
}  # fmt: skip
