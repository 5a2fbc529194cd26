# fmt: off
from ._nearest import nearest as nearest
from .acts import DustRule as DustRule, EvidenceRule as EvidenceRule, Goal as Goal, PenaltyRule as PenaltyRule
from .acts import ProcedureRule as ProcedureRule, ResponseRule as ResponseRule, TARGET_UNITS as TARGET_UNITS
from .acts import TargetRule as TargetRule
from .air import Advise as Advise, AllOf as AllOf, AnyOf as AnyOf, AqiRule as AqiRule, Exceed as Exceed
from .air import ForecastDuty as ForecastDuty, GradingRule as GradingRule, WarningLife as WarningLife
from .air import LinkageRule as LinkageRule, RatioRule as RatioRule, Rounding as Rounding, Start as Start
from .air import Trigger as Trigger, air_leaves as air_leaves, minutes_of as minutes_of
from .as_written import Written as Written, written as written
from .book import Rulebook as Rulebook, load_rules as load_rules, variant as variant
from .conditions import ALWAYS as ALWAYS, Atom as Atom, Condition as Condition
from .conditions import ConditionError as ConditionError, ConditionReader as ConditionReader, Group as Group
from .conditions import Leaf as Leaf, OverLines as OverLines, atoms as atoms, conjoin as conjoin
from .conditions import fields_of as fields_of, leaves as leaves, negate as negate
from .decision_tables import Hole as Hole, MISSING as MISSING, SILENT as SILENT
from .differences import Change as Change, Side as Side, book_changes as book_changes
from .differences import change_rows as change_rows, open_book as open_book, open_folders as open_folders
from .evidence import Baseline as Baseline, ElectricityDrop as ElectricityDrop, FileEvidence as FileEvidence
from .excel.exchange import Import as Import, export_document as export_document, import_text as import_text
from .excel.exchange import read_import as read_import, target_file as target_file
from .excel.exchange import write_import as write_import, write_plan_form as write_plan_form
from .excel.cell_scanner import TextError as TextError
from .excel.condition_text import condition_text as condition_text
from .excel.measure_cells import measures_text as measures_text, read_measures_text as read_measures_text
from .excel.plan_form import FORM_GUIDE as FORM_GUIDE, Form as Form, HELP as HELP, LACKS as LACKS, form_of as form_of
from .excel.plan_rows import PARTS as PARTS, TO_FILL as TO_FILL
from .excel.rule_rows import OTHER as OTHER
from .excel.sheets import EVIDENCE_SHEET as EVIDENCE_SHEET, HEAD_SHEET as HEAD_SHEET, LEFT_SHEET as LEFT_SHEET
from .excel.sheets import document_sheets as document_sheets
from .excel.table_sheets import CHECK_MARK as CHECK_MARK, HOLE_TEXT as HOLE_TEXT, OPEN_MARK as OPEN_MARK
from .excel.table_sheets import SILENT_TEXT as SILENT_TEXT
from .excel.draft import DraftSheet as DraftSheet
from .excel.workbook import read_workbook as read_workbook, write_workbook as write_workbook
from .head import NOT_STATED as NOT_STATED, Names as Names, PartialDate as PartialDate
from .head import RuleHead as RuleHead
from .head import Strict as Strict, Valid as Valid, best as best, worst as worst
from .json_schema import document_schema as document_schema
from .load import DocumentLoader as DocumentLoader, Loaded as Loaded
from .make_outlines import of_files as of_files, of_package as of_package
from .measure_phrases import CLAUSE_ENDS as CLAUSE_ENDS, MeasureReading as MeasureReading
from .measure_phrases import about_vehicles as about_vehicles
from .measure_phrases import counted_by as counted_by, counting_phrase as counting_phrase, plain_phrase as plain_phrase
from .measure_phrases import read_base as read_base, read_phrase as read_phrase, read_vehicles as read_vehicles
from .measure_phrases import rule_item as rule_item, stage_number as stage_number
from .measure_text import measure_words as measure_words
from .measures import Base as Base, Counting as Counting, Demand as Demand, Measure as Measure, Over as Over
from .measures import read_measure as read_measure, read_measures as read_measures
from .open_list_rows import Member as Member, NATION as NATION, NamedList as NamedList
from .origin import origin_words as origin_words, sha256_of as sha256_of, with_origin as with_origin
from .outlines import Outline as Outline, Outlines as Outlines, beside as beside
from .outlines import outlines_file as outlines_file, read_outlines as read_outlines, write_outlines as write_outlines
from .places_and_lists import OpenLists as OpenLists, Place as Place
from .plausible import Amounts as Amounts, Contradiction as Contradiction, DayJumps as DayJumps
from .plausible import Plausible as Plausible, Range as Range, Stations as Stations, Unit as Unit
from .query import Query as Query, find_rules as find_rules, named_cities as named_cities, place_of as place_of
from .records import ConcurrenceRule as ConcurrenceRule
from .records import TransitionRule as TransitionRule
from .recurring_periods import day_in as day_in
from .schema import Clause as Clause, Document as Document, LINE_KINDS as LINE_KINDS, LineRule as LineRule
from .schema import Regrade as Regrade, Repeal as Repeal, WARNING_LEVELS as WARNING_LEVELS
from .seasons import SEASON as SEASON, season_of as season_of
from .show import condition_as_dict as condition_as_dict, rule_as_dict as rule_as_dict
from .yaml_update import text_of as text_of, updated_yaml as updated_yaml
from .yaml_writer import document_yaml as document_yaml
