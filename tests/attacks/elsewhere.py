"""The attacks that are no submission in Python: where they are tried, or with what they come.

From 74 on it is the service that is attacked, or its machines that fail: each of these numbers has a test.
"""

Row = tuple[int, str, str]

# by file: number, attack, and the test that tries it
TRIED: dict[str, list[Row]] = {
    "tests/api/test_api_attacks.py": [
        (29, "a run of one's own given a hidden test's name", "test_a_run_can_name_no_hidden_case"),
        (65, "../ in ids and names", "test_a_path_in_a_name_leads_nowhere"),
        (73, "a limit of zero or less", "test_a_client_sets_no_limits"),
        (75, "a key that is forged, revoked or over", "test_nothing_that_is_sent_makes_a_key_or_makes_it_more"),
        (76, "a verdict or limits set by the client", "test_a_client_sets_no_limits"),
        (84, "a report that no worker sent", "test_nobody_but_a_worker_reports"),
    ],
    "tests/api/test_api_bad_input.py": [
        (82, "JSON too large, too deep, wrongly encoded", "test_a_bad_body_is_explained"),
    ],
    "tests/api/test_api_courier.py": [
        (77, "a receiver that redirects inside", "test_redirects_are_not_followed"),
        (77, "a name that comes to lead inside", "test_a_name_that_has_come_to_lead_inside_is_not_followed"),
        (77, "a name that leads elsewhere a moment later", "test_the_connection_is_to_the_address_that_was_checked"),
    ],
    "tests/api/test_api_faults.py": [
        (91, "the database's disk full", "test_a_full_disk_refuses_what_it_cannot_keep_and_takes_it_later"),
        (94, "a message delivered twice", "test_a_hint_that_comes_again_and_again_leads_to_one_verdict"),
        (95, "a worker back from the dead", "test_a_zombies_late_report_is_dropped_and_counted"),
        (97, "worker and hint lost together", "test_a_judging_whose_worker_and_hint_are_gone_comes_to_its_verdict"),
        (99, "the same workers given up by several processes", "test_many_sweepers_at_once_get_in_nobodys_way"),
    ],
    "tests/api/test_api_inert.py": [
        (78, "markup in sources, names and compile errors", "test_markup_comes_back_as_it_was_sent_and_inert"),
        (78, "an answer that a browser takes for a page", "test_no_answer_of_any_route_is_a_page"),
    ],
    "tests/api/test_api_injection.py": [
        (80, "statements in texts", "test_a_statement_that_is_sent_is_a_text"),
        (80, "statements and NUL in addresses", "test_whatever_is_sent_in_an_address_finds_nothing"),
        (80, "NUL in texts", "test_what_no_database_keeps_is_refused"),
    ],
    "tests/api/test_api_judgings.py": [
        (94, "a report sent many times", "test_one_of_many_reports_at_once_is_kept"),
    ],
    "tests/api/test_api_keys.py": [
        (76, "rights set by the client", "test_a_key_that_may_not_be_made"),
    ],
    "tests/api/test_api_metrics.py": [
        (90, "a machine that fails three times", "test_the_last_failed_attempt_is_a_judge_error"),
    ],
    "tests/api/test_api_openapi.py": [
        (78, "the documentation's page made to load something", "test_the_page_reaches_no_other_host"),
    ],
    "tests/api/test_api_rates.py": [
        (81, "the queue flooded", "test_a_key_gets_so_many_submissions_and_then_429"),
        (86, "keys guessed", "test_wrong_keys_get_the_same_401_and_then_429"),
    ],
    "tests/api/test_api_rejudgings.py": [
        (
            83,
            "a rejudging ended to freeze a score",
            "test_nobody_freezes_a_score_by_ending_a_rejudging_without_the_scope",
        ),
    ],
    "tests/api/test_api_served.py": [
        (
            89,
            "the API killed in the midst of a POST",
            "test_a_post_that_its_server_did_not_live_to_answer_is_stored_once",
        ),
    ],
    "tests/api/test_api_submissions.py": [
        (88, "Redis restarted", "test_nothing_is_lost_while_redis_is_down"),
        (88, "Redis emptied", "test_a_flushed_redis_gets_its_hints_again"),
    ],
    "tests/api/test_api_targets.py": [
        (
            77,
            "a webhook to an address inside, in any spelling, IPv6 too",
            "test_so_it_is_when_the_address_is_in_the_url",
        ),
        (77, "a webhook to a name that leads inside", "test_what_is_not_public_is_refused"),
    ],
    "tests/api/test_api_views.py": [
        (23, "exit code, signal or verdict told", "test_hidden_cases_show_number_verdict_time_and_memory_only"),
        (24, "time as a channel", "test_figures_are_no_channel"),
        (25, "memory as a channel", "test_figures_are_no_channel"),
        (27, "a download that shows a hidden case", "test_problems_show_samples_and_nothing_hidden"),
    ],
    "tests/api/test_api_walls.py": [
        (74, "another organisation's objects", "test_nothing_of_an_organisation_is_reached_with_anothers_key"),
    ],
    "tests/attacks/test_neighbours.py": [
        (64, "a neighbour made slower", "test_a_box_beside_a_hog_judges_rightly"),
    ],
    "tests/chaos/run.py": [
        (100, "several of these at once under load, drawn by a recorded seed: `make chaos`", "disturb"),
    ],
    "tests/contract/test_canary.py": [
        (98, "a broken image or interpreter", "test_a_broken_interpreter_is_no_box"),
    ],
    "tests/contract/test_lifetime.py": [
        (96, "an end of which Docker tells nothing", "test_a_box_of_which_nothing_is_heard_is_not_waited_for"),
        (99, "boxes cleaned up by Docker and by us", "test_boxes_that_end_in_the_moment_they_are_closed_are_closed"),
    ],
    "tests/contract/test_stepped_clock.py": [
        (92, "the clock stepped", "test_a_stepped_clock_changes_no_fact"),
    ],
    "tests/e2e/test_commands.py": [
        (79, "escapes and turned text in a report as JSON", "test_as_json_too_a_program_commands_no_terminal"),
    ],
    "tests/e2e/test_rolling_restart.py": [
        (87, "a worker killed outright", "test_a_worker_that_ends_in_the_midst_gives_its_judging_back"),
        (
            93,
            "a submission that kills its worker",
            "test_a_submission_that_kills_who_judges_it_ends_as_a_judge_error_and_others_are_judged",
        ),
    ],
    "tests/unit/test_logs.py": [
        (79, "escapes, line ends and turned text in logs", "test_nothing_that_was_sent_forges_a_line"),
    ],
    "tests/unit/test_terminal.py": [
        (79, "escapes and turned text in a report on a terminal", "test_nothing_in_a_report_commands_the_terminal"),
    ],
    "tests/worker/test_machine_faults.py": [
        (90, "Docker's daemon gone", "test_a_daemon_that_goes_in_the_midst_costs_an_attempt_and_no_verdict"),
        (91, "the worker's disk full", "test_a_full_disk_costs_an_attempt_and_no_verdict"),
    ],
    "tests/worker/test_queue.py": [
        (85, "a pickled task in Redis", "test_a_pickled_message_is_never_opened"),
    ],
}

# number, attack, and what it waits for or is covered by
NOT_TRIED: list[Row] = [
    (11, "output symlinked to a file of the host", "a child can make no file, and nobody collects any: 48"),
    (21, "the answer included by the compiler", "comes with compiled languages"),
    (47, "a zip bomb as a problem's asset", "comes with packages sent over HTTP"),
]
