"""Who may call what, written down by hand: viewer, trader, quant, risk officer, admin, auditor, by the letter of each.

A route that is missing here fails the test. "fresh" needs a proof of who one is that is not older than five minutes.
"""

from __future__ import annotations

from typing import Final

from parrot.contracts.access import Role

LETTERS: Final = dict(
    zip("VTQRAU", (Role.VIEWER, Role.TRADER, Role.QUANT, Role.RISK_OFFICER, Role.ADMIN, Role.AUDITOR), strict=True)
)
TABLE: Final = """
open:
    accept_invitation ask_reset auth_state begin_passkey finish_register finish_reset health look_at_invitation
    metrics ready register return_from_provider session set_up sign_in sign_in_passkey sign_in_second
    visit_provider
....A.:
    change_client list_invitations list_user_keys list_user_sessions make_client open_client_account test_venue
....A. fresh:
    add_user add_venue end_user_sessions erase_client erase_user export_user hand_over invite make_team
    make_user_key plan_live remove_team remove_venue reset_factors reset_user revoke_user_key save_team
    set_password set_push set_rights withdraw_invitation
....AU:
    audit_facts cancel_check export_acts get_check list_acts list_checks list_teams list_users list_venues
    settings_facts start_check user
...R.. fresh:
    approve_funds decline_funds
...RA.:
    kill_drill preview_limits withdraw_limits
...RA. fresh:
    adopt_venue approve_limits decline_limits rearm set_limits
...RAU:
    client client_activity exchange_account list_client_orders list_client_trades list_clients
    list_exchange_accounts
..Q.A.:
    add_fault cancel_data_job cancel_job clear_fault clear_faults compare_strategy delete_backtest
    exchange_faucet import_file register_strategy repeat_data_job run_job_again set_exchange_port set_phase
    start_backtest start_download start_quality tune_crowd
..Q.A. fresh:
    make_exchange_key remove_exchange_key
.T..A.:
    amend_group amend_order ask_deposit ask_withdrawal cancel_all_orders cancel_group cancel_order place_group
    preview_order submit_order withdraw_funds
.T.RA.:
    acknowledge_alerts kill pause_strategy resume_strategy start_strategy stop_strategy
.TQ.AU:
    exchange_state list_exchange_keys list_faults
VTQRAU:
    approval attribution backtest backtest_distribution backtest_drawdown backtest_equity backtest_monthly
    backtest_orders backtest_report backtest_sources backtest_trades begin_confirm_passkey cancel_statement candles
    change_password closed_lots compare_backtests confirm data_facts depth end_other_sessions end_session equity
    equity_curve exposures factors get_data_job get_statement indicators job known_indicators list_activity list_alerts
    list_approvals list_backtests list_data_jobs list_decisions list_fills list_groups list_jobs list_keys
    list_limits list_markets list_orders list_passkeys list_positions list_postings list_roles list_series
    list_sessions list_statements list_strategies openapi order order_events portfolio profile push_facts
    rename_passkey risk_history risk_tree save_profile sign_out start_statement statement status strategy
    strategy_catalogue strategy_file_text strategy_parity strategy_source strategy_versions stress subscribe_push
    tape tax_lots tax_lots_csv test_push unsubscribe_push
VTQRAU fresh:
    add_passkey begin_add_passkey begin_authenticator erase_profile export_profile finish_authenticator
    link_provider make_key new_recovery_codes remove_authenticator remove_passkey revoke_key unlink_providers
"""

# Those of back-tests and jobs: who may not see the desk's account finds nothing there, whatever they may do.
DESK: Final = """
    backtest backtest_distribution backtest_drawdown backtest_equity backtest_monthly backtest_orders
    backtest_report backtest_sources backtest_trades cancel_job compare_backtests delete_backtest job
    list_backtests list_jobs run_job_again start_backtest
"""

# A person's own, which the machine's owner has none of; those that a body without fields reaches.
OWN: Final = """
    begin_add_passkey begin_authenticator begin_confirm_passkey confirm end_other_sessions end_session
    erase_profile export_profile factors link_provider list_keys list_passkeys list_sessions new_recovery_codes
    profile remove_authenticator remove_passkey revoke_key save_profile sign_out unlink_providers
"""


def routes() -> dict[str, tuple[str, bool]]:
    """By operation: the letters of who may, "open" for everybody, and whether it has to be fresh."""
    found: dict[str, tuple[str, bool]] = {}
    who, fresh = "", False
    for line in TABLE.strip().splitlines():
        if line.endswith(":"):
            who, _, more = line[:-1].partition(" ")
            fresh = more == "fresh"
            continue
        for name in line.split():
            assert name not in found, f"{name} stands twice"
            found[name] = (who, fresh)
    return found
