//! All of it as an ordinary user, where this one can become one.

use super::yard::as_ordinary_user;
use super::{attacks, killed, overwriters, repositories, trees};

#[test]
fn what_an_ordinary_user_destroys_comes_back() {
    as_ordinary_user(&[
        super::a_removed_tree_comes_back_and_an_overwritten_file_too,
        super::what_is_newer_is_left_and_the_old_lies_beside_it,
        super::what_an_undo_puts_aside_comes_back_as_well,
        super::a_copy_goes_elsewhere_and_the_vault_keeps_its_own,
        super::what_is_kept_is_shown_with_how_it_differs,
        super::only_a_person_throws_away_what_is_kept,
        super::age_and_budget_let_the_oldest_go,
        super::what_is_too_much_is_not_kept_and_the_trail_says_so,
        super::the_policy_switches_it_off_and_a_project_does_not,
        super::a_command_that_destroys_nothing_makes_no_vault,
        super::each_exec_is_kept_for_where_execs_are_judged,
        super::what_a_line_of_a_held_shell_left_is_known_at_the_next,
        super::what_the_text_itself_gives_another_name_is_kept_as_well,
        super::a_database_comes_back_as_it_was,
        super::what_is_removed_and_made_anew_in_one_text_comes_back,
        super::scratch_files_and_build_output_are_not_kept,
    ]);
}

#[test]
fn what_an_ordinary_users_tools_replace_comes_back() {
    as_ordinary_user(&[
        overwriters::what_each_tool_replaces_comes_back,
        overwriters::the_same_where_each_exec_is_kept_for,
    ]);
}

#[test]
fn what_an_ordinary_user_does_at_random_comes_back() {
    as_ordinary_user(&[
        trees::what_random_commands_destroy_in_random_trees_comes_back,
        trees::the_same_where_each_exec_is_judged,
    ]);
}

#[test]
fn nothing_reaches_what_an_ordinary_user_keeps() {
    as_ordinary_user(&[
        // What root's own process holds open, here the test, an ordinary user can't see.
        attacks::a_second_name_does_not_reach_what_is_kept,
        attacks::a_tree_that_is_too_large_to_copy_is_said_to_be_reached,
        attacks::a_folder_that_is_swapped_for_a_link_while_it_is_kept_leads_nowhere,
        attacks::a_fifo_keeps_nobody_waiting_and_comes_back_as_one,
        attacks::the_vault_keeps_nothing_of_itself,
    ]);
}

#[test]
fn what_git_throws_away_for_an_ordinary_user_comes_back() {
    as_ordinary_user(&[
        repositories::what_git_throws_away_comes_back,
        repositories::dropped_stashes_come_back,
        repositories::keeping_moves_nothing_of_git_and_runs_no_hook,
        repositories::hidden_refs_go_with_what_they_keep,
    ]);
}

#[test]
fn nothing_of_an_ordinary_users_is_lost_where_somebody_is_killed() {
    as_ordinary_user(&[
        killed::nothing_is_lost_where_the_keeping_of_an_exchange_is_killed,
        killed::nothing_is_lost_where_the_keeping_by_links_is_killed,
        killed::nothing_is_lost_where_the_restoring_is_killed,
    ]);
}
