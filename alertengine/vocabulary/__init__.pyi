# fmt: off
from . import times as times
from ._language import LANGUAGES as LANGUAGES, Language as Language, language as language, speaking as speaking
from .arguments import LAW_YEARS as LAW_YEARS, MOST_HOURS as MOST_HOURS
from .arguments import as_day as as_day, as_hours as as_hours, as_level as as_level, as_several as as_several
from .arguments import as_time as as_time, require as require
from .asides import aside as aside, listening as listening, logged as logged
from .chinese_figures import chinese_number as chinese_number, in_digits as in_digits
from .chinese_figures import measured_in_digits as measured_in_digits
from .codes import ACTION_TEXT as ACTION_TEXT, AMBIENT as AMBIENT, AMBIENT_TEXT as AMBIENT_TEXT
from .codes import AQI_CLASSES as AQI_CLASSES, CANCEL as CANCEL, CHANGE as CHANGE, DECISION_TEXT as DECISION_TEXT
from .codes import LEVEL_CLASS as LEVEL_CLASS, LEVEL_COLOUR as LEVEL_COLOUR
from .codes import LEVEL_MARK as LEVEL_MARK, MODE_TEXT as MODE_TEXT, STAGE_TEXT as STAGE_TEXT, marked as marked
from .codes import LEVEL_NUMERALS as LEVEL_NUMERALS
from .codes import LEVEL_TEXT as LEVEL_TEXT, Level as Level, MEASURES as MEASURES, POLLUTANTS as POLLUTANTS
from .codes import ORDER_STATE_TEXT as ORDER_STATE_TEXT, RESPONSE_TEXT as RESPONSE_TEXT, STAY as STAY
from .codes import Setting as Setting
from .codes import POLLUTANT_TEXT as POLLUTANT_TEXT, REGIMES as REGIMES, REGIME_TEXT as REGIME_TEXT, Regime as Regime
from .codes import STANDINGS as STANDINGS, STANDING_TEXT as STANDING_TEXT, STATUS_TEXT as STATUS_TEXT
from .codes import Standing as Standing, Status as Status, Track as Track, VERDICT_TEXT as VERDICT_TEXT
from .codes import MET_TEXT as MET_TEXT, UNKNOWN_WORD as UNKNOWN_WORD, YES_NO as YES_NO, level_words as level_words
from .collector import uncollected as uncollected
from .column_names import PRINTED_CODES as PRINTED_CODES, printed_column as printed_column
from .decisions import BREACHES as BREACHES, DECISION_GROUNDS as DECISION_GROUNDS, DECISION_KINDS as DECISION_KINDS
from .decisions import DecisionRecord as DecisionRecord, PENALTY_KINDS as PENALTY_KINDS, open_on as open_on
from .decisions import records_of as records_of, undecided as undecided
from .enterprise_name import name_or_code as name_or_code, plain_name as plain_name, simplified as simplified
from .fields import CATEGORY_TEXT as CATEGORY_TEXT, COMBINED_HEADERS as COMBINED_HEADERS
from .fields import EMISSION_FIELDS as EMISSION_FIELDS, ENTERPRISE_FLAGS as ENTERPRISE_FLAGS, FIELDS as FIELDS
from .fields import Field as Field, GRADES as GRADES, GUARANTEE_NONE as GUARANTEE_NONE, LIST_FIELDS as LIST_FIELDS
from .fields import NOT_ON_FILE as NOT_ON_FILE
from .fields import ORDER_COLUMNS as ORDER_COLUMNS, PLAN_FIELDS as PLAN_FIELDS
from .fields import PLAN_SHARE_FIELDS as PLAN_SHARE_FIELDS, REQUIRED_FIELDS as REQUIRED_FIELDS
from .fields import TOTAL_COLUMNS as TOTAL_COLUMNS, TOTAL_SECTORS as TOTAL_SECTORS, UNGRADED as UNGRADED
from .fields import WARNING_COLUMNS as WARNING_COLUMNS, held_as as held_as, worst_last as worst_last
from .flags import FLAGS as FLAGS, FLAG_TEXT as FLAG_TEXT, Flag as Flag, flagged as flagged
from .flags import flags_of as flags_of, flags_text as flags_text, ground_of as ground_of
from .flags import left_open as left_open, not_official as not_official, rests_on as rests_on
from .flags import with_flags as with_flags
from .grounds import ASKING_NOTHING as ASKING_NOTHING, COUNTED_AS_RULED as COUNTED_AS_RULED
from .grounds import GROUND_TEXT as GROUND_TEXT, Ground as Ground, demands as demands
from .keys import LINE_KEY as LINE_KEY, ORDER_KEY as ORDER_KEY, PLANT_KEY as PLANT_KEY, PlantId as PlantId
from .keys import count_plants as count_plants
from .messages import CATALOGUE as CATALOGUE
from .messages.help import HELP as HELP
from .messages.lists import FOUND_AGAIN as FOUND_AGAIN, KINDS as KINDS, SEVERITIES as SEVERITIES
from .messages.lists import SEVERITY_COLOUR as SEVERITY_COLOUR, SEVERITY_TEXT as SEVERITY_TEXT
from .messages.lists import STAKE_TEXT as STAKE_TEXT
from .messages.message import Message as Message
from .numbers import about as about
from .numbers import kilograms as kilograms, number as number, numeral as numeral, percent as percent
from .numbers import rounded as rounded, signed as signed
from .personal import ERASED as ERASED, MASKED as MASKED, SOLE_TRADER as SOLE_TRADER, public as public
from .personal import UNSEEN as UNSEEN, plain as plain, sole_traders as sole_traders, unsaid as unsaid
from .problems import coded as coded, perhaps as perhaps
from .problems import AlertEngineError as AlertEngineError, Both as Both, DOUBTS as DOUBTS, EngineError as EngineError
from .problems import Gathered as Gathered, InputError as InputError, Problem as Problem, Result as Result
from .problems import SaidError as SaidError, Words as Words, answered_itself as answered_itself
from .problems import foreign as foreign, gathering as gathering, problems_and_notes as problems_and_notes
from .problems import problems_as as problems_as, refuse as refuse
from .problems import unsettled as unsettled
from .refusing import refuse_together as refuse_together
from .rule_words import EVENING_STEP_TEXT as EVENING_STEP_TEXT, GROUP_TEXT as GROUP_TEXT
from .rule_words import KIND_TEXT as KIND_TEXT, LAYER_TEXT as LAYER_TEXT, STEP_ABOUT_TEXT as STEP_ABOUT_TEXT
from .rule_words import STEP_TEXT as STEP_TEXT, SUBJECT_TEXT as SUBJECT_TEXT
from .times import OPEN as OPEN, OPEN_END as OPEN_END, TIME_FORMAT as TIME_FORMAT, ZONE as ZONE
from .times import civil as civil, moment as moment, short_moment as short_moment
from .times import time_of_day as time_of_day, to_minute as to_minute
from .version import program_version as program_version
