# fmt: off
from ._decide import Orders as Orders, decide as decide, decide_lines as decide_lines
from ._explain.explain import Explanation as Explanation, explain as explain, explain_order as explain_order
from ._explain.explain import line_named as line_named, list_beside as list_beside
from ._explain.explain import responses_of as responses_of, rows_of as rows_of
from ._explain.facts import condition_words as condition_words
from ._explain.lighter import in_sentences as in_sentences, lighter_changes as lighter_changes
from ._explain.why import Explainer as Explainer, Reason as Reason, SET_ASIDE_TEXT as SET_ASIDE_TEXT
from ._decided_state import REST as REST, StateDecision as StateDecision, decisions as decisions
from ._decided_state import first_warning as first_warning, goes_on as goes_on, holding as holding
from ._decided_state import left_standing as left_standing, speaks_from as speaks_from, told as told
from ._in_force import CityState as CityState, InForce as InForce
from ._in_force import at_moments as at_moments, goes_on_beside as goes_on_beside
from ._in_force import held_now as held_now, in_force as in_force, named_alike as named_alike
from ._in_force import prevailing as prevailing
from ._respond import Responded as Responded, orders_before as orders_before, respond as respond
from ._told_of_lines import lapsed_notes as lapsed_notes, without_lines as without_lines
from ._state_words import state_head as state_head, state_words as state_words
from .figures import figures_of as figures_of
from .filed_doubts import doubts_of as doubts_of, rule_strength as rule_strength, warned_measures as warned_measures
from ._county_apart import of_no_county as of_no_county
from .overrides import OPTION as OPTION, OVERRIDDEN as OVERRIDDEN, Override as Override, as_options as as_options
from .overrides import read_overrides as read_overrides
from .notes import ADVISED_ONCE as ADVISED_ONCE, source_notes as source_notes
from .province import PROVINCE_COLUMNS as PROVINCE_COLUMNS, ProvinceRun as ProvinceRun, SHOWN as SHOWN
from .province import respond_province as respond_province
from .read import plain_texts as plain_texts, read_orders as read_orders
from .scenario import OrderFromAbove as OrderFromAbove, PerfectForecast as PerfectForecast, Scenario as Scenario
from .scenario import find_scenario as find_scenario
from .scenario import in_scenario as in_scenario, mode_beside as mode_beside, read_scenario as read_scenario
from .scenario import with_mode as with_mode
from .shares_before import SharesBefore as SharesBefore, in_force_between as in_force_between
from .shares_before import share_orders as share_orders
from .summary import Required as Required, required_ratios as required_ratios, supposed_ratios as supposed_ratios
from .summary import NO as NO, Sums as Sums, UNKNOWN as UNKNOWN, Whole as Whole, amounts as amounts
from .summary import phase_words as phase_words, phases_of as phases_of, summarise as summarise, sums_of as sums_of
from .summary import verdict as verdict, whole_of as whole_of
from .summary_entry import RatioEntry as RatioEntry, SummaryEntry as SummaryEntry
from .table import in_order as in_order
from .write import SUFFIXES as SUFFIXES, total_rows as total_rows, write_orders as write_orders
