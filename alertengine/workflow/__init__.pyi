# fmt: off
from ._check_contents import check_contents as check_contents
from ._decisions_on_record import DECISION_STATES as DECISION_STATES, decisions_of as decisions_of
from ._decisions_on_record import decisions_on_record as decisions_on_record
from ._decisions_on_record import enter_decisions as enter_decisions, left_unused as left_unused
from ._decisions_on_record import lift_decision as lift_decision, lifted_since as lifted_since, state_on as state_on
from ._decisions_on_record import write_decisions as write_decisions
from ._dossier import Dossier as Dossier, dossier as dossier
from ._evaluate import Evaluation as Evaluation, evaluate as evaluate
from ._record_findings import FINDING as FINDING, read_findings as read_findings
from ._record_findings import record_findings as record_findings, recorded_findings as recorded_findings
from ._retention import KEEP_TEXT as KEEP_TEXT, erase as erase, retention as retention
from ._superior_orders import ORDER_TEXT as ORDER_TEXT, SUPERIOR_ORDER as SUPERIOR_ORDER
from ._superior_orders import SuperiorOrder as SuperiorOrder, end_superior_order as end_superior_order
from ._superior_orders import orders_for as orders_for, orders_left_out as orders_left_out
from ._superior_orders import record_superior_order as record_superior_order, superior_orders as superior_orders
from .act_documents import release_act as release_act, release_on_record as release_on_record
from .act_documents import write_act_documents as write_act_documents
from .act_opened import differences_from as differences_from
from .act_opened import Opened as Opened, Replayed as Replayed, explain_line as explain_line, list_of as list_of
from .act_opened import opened as opened, options_of as options_of, replay as replay, unpacked as unpacked
from .act_opened import with_override as with_override
from .acts_in_force import acts_since as acts_since, cities_of as cities_of
from .acts_in_force import binds_from as binds_from, decided_of as decided_of, orders_in_force as orders_in_force
from .acts_in_force import plain_orders as plain_orders, responses as responses, warning_ids as warning_ids
from .acts_in_force import share_orders_so_far as share_orders_so_far, what_bound as what_bound
from .audit_inputs import ordered as ordered, take_list as take_list
from .audit_inputs import judged as judged, opening as opening
from .bureau import bureau_cities as bureau_cities, set_bureau_cities as set_bureau_cities
from .delivery.receipts import EVENT_TEXT as EVENT_TEXT, MATTERS as MATTERS, OPEN_STATES as OPEN_STATES
from .delivery.receipts import SERVICE_COLUMNS as SERVICE_COLUMNS, STATES as STATES
from .delivery.read import RECEIPTS as RECEIPTS
from .delivery.record import Delivered as Delivered, county_text as county_text, deliver as deliver
from .delivery.state import by_county as by_county, service as service, still_open as still_open
from .corrected_acts import check_act_corrected as check_act_corrected, cities_left_out as cities_left_out
from .corrected_acts import overtaken_cities as overtaken_cities
from .draft_state import NOT_OVER as NOT_OVER, demand as demand
from .draft_state import DraftState as DraftState, Stage as Stage, draft as draft, drafts as drafts
from .draft_to_issue import approve as approve, collected_of as collected_of, issue_draft as issue_draft
from .draft_to_issue import overrides_of as overrides_of, review as review
from .draft_to_issue import submit as submit, with_overrides as with_overrides, withdraw as withdraw
from .entering.entry import RulesEntry as RulesEntry, entry_of as entry_of, orders_changed as orders_changed
from .entering.entry import rulebook as rulebook, run_cases as run_cases, signed_entered as signed_entered
from .entering.entry import trial as trial, tried_cases as tried_cases, workbook_entered as workbook_entered
from .entering.entry import write_entry as write_entry
from .entering.members import members_entered as members_entered
from .entering.plan import city_of as city_of, plan_form as plan_form
from .entering.plan import without_plan as without_plan, write_plan as write_plan
from .entering.progress import keep_progress as keep_progress
from .entering.records import NewRecord as NewRecord, ended as ended, recorded as recorded
from .act_opened import explanation_text as explanation_text
from .find_enterprise import search as search, told_apart as told_apart
from .intake import SCHEMAS as SCHEMAS, Understood as Understood
from .intake import fields_of as fields_of, look_at_table as look_at_table, understand as understand
from .intake import words_of as words_of
from .issue import Prepared as Prepared, Signers as Signers, plain as plain
from .issue import prepare as prepare, readings_of as readings_of, record as record
from .publication.publication import PROOF_COLUMNS as PROOF_COLUMNS, Publication as Publication, Wanted as Wanted
from .publication.public import proof_rows as proof_rows
from .publication.publish import publish as publish, ready_to_publish as ready_to_publish
from .reached import GRAVITY as GRAVITY, Reached as Reached
from .recompute import PUBLIC as PUBLIC, RecordBefore as RecordBefore, list_file as list_file, load_rules as load_rules
from .recompute import record_before as record_before
from .recording import NO_CORRECTION as NO_CORRECTION, Correction as Correction, correction_of as correction_of
from .recording import versions as versions
from .record_forecasts import Recorded as Recorded, given_before as given_before, latest_forecast as latest_forecast
from .record_forecasts import read_upload as read_upload, record_forecast as record_forecast
from .act_documents import PART as PART, RELEASE as RELEASE, of_one_run as of_one_run
from .act_documents import record_releases as record_releases, unused_decisions as unused_decisions
from .run_options import RunOptions as RunOptions
from .signatures import Signed as Signed, levels_of as levels_of
from .signed_rules import hand_on as hand_on, read_package as read_package, receive as receive
from .snapshot import Collected as Collected, collect_orders as collect_orders
from .snapshot import collect_scenario as collect_scenario
from .signatures import Lapse as Lapse, STEP_TEXT as STEP_TEXT
from .snapshot import Upload as Upload, collect_uploads as collect_uploads
from .acts_in_force import mode_of as mode_of, with_corrected as with_corrected
from .acts_in_force import holds as holds, is_live as is_live, standing_issues as standing_issues
from .acts_in_force import out_of_step as out_of_step, warnings_so_far as warnings_so_far, what_stands as what_stands
