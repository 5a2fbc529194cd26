# fmt: off
from ._checked_model import checked_model as checked_model, problems_of as problems_of
from ._raw_rows import csv_rows as csv_rows, raw_rows as raw_rows, tops as tops
from .owner_only import scratch as scratch
from .series import text_frame as text_frame
from ._text_table import TextCells as TextCells, TextTable as TextTable, is_blank as is_blank
from ._text_table import row_of_sheet as row_of_sheet
from ._text_table import text_table as text_table, with_sheets as with_sheets
from ._arrow import arrow as arrow, as_text as as_text, plain as plain, text_array as text_array, valid as valid
from .atomic import no_room as no_room, replacing as replacing, replacing_text as replacing_text
from .shipped import cache_folder as cache_folder
from .cells import BLANKS as BLANKS, EXPORTED_BLANKS as EXPORTED_BLANKS
from .cells import BadCellError as BadCellError, GradeReading as GradeReading
from .cells import UNKNOWN_WORDS as UNKNOWN_WORDS
from .cells import expected_number as expected_number, failed_formula as failed_formula
from .cells import nearest_number as nearest_number
from .cells import number_range as number_range, number_within as number_within, parse_bool as parse_bool
from .cells import parse_code as parse_code, parse_grade as parse_grade, parse_guarantee as parse_guarantee
from .cells import parse_names as parse_names, parse_number as parse_number, parse_range as parse_range
from .cells import plain_number as plain_number, tidy as tidy
from .columns import AS_TEXT as AS_TEXT, FEW as FEW, ColumnKind as ColumnKind
from .coded_table import CodedTable as CodedTable
from .columns import Cells as Cells, Codes as Codes, Encoded as Encoded, Held as Held, Numbered as Numbered
from .columns import bool_column as bool_column, categorical as categorical, category as category, narrowed as narrowed
from .columns import number_column as number_column, text_column as text_column
from .columns import unknown_category as unknown_category, unknown_text as unknown_text
from .confined import confine_readings as confine_readings
from .dates import AN_HOUR as AN_HOUR, A_DAY as A_DAY, A_TIME as A_TIME, YEARS as YEARS
from .dates import end_stamped as end_stamped, nearest_day as nearest_day, parse_days as parse_days
from .dates import parse_hour as parse_hour, parse_stamp as parse_stamp, read_stamp as read_stamp
from .limits import check_document as check_document
from .text_pieces import encoding_of as encoding_of
from .forms import Row as Row, read_form as read_form
from .frame_reader import read_frame as read_frame
from .group_index import Index as Index, dense as dense, joined as joined, numbers_of as numbers_of, ranks as ranks
from .geojson import Feature as Feature, Polygons as Polygons, Position as Position, read_geojson as read_geojson
from .guarded import read_guarded as read_guarded, worker_context as worker_context
from .header_finder import RawTable as RawTable, find_header as find_header
from .headers import Column as Column, columns_twice as columns_twice, known as known
from .headers import match as match, matched as matched, normal as normal
from .html import body_of as body_of, environment as environment, script_of as script_of, stylesheet as stylesheet
from .json_text import read_json as read_json
from .limits import Limits as Limits, check_size as check_size, first_there as first_there, of_file as of_file
from .notebook import result_html as result_html
from .owner_only import make_private as make_private, take_from_others as take_from_others
from .path_gate import beside as beside, inside as inside, keep_inputs as keep_inputs, leading_out as leading_out
from .path_gate import leads_out as leads_out, lies_in as lies_in, no_file as no_file
from .profiles import CellAnswer as CellAnswer, NOT_READ as NOT_READ, Profile as Profile, SUFFIX as SUFFIX
from .profiles import hour_of as hour_of
from .profiles import load_profile as load_profile, profile_file as profile_file
from .profiles import profile_named as profile_named, reading_with as reading_with, save_profile as save_profile
from .readings import Protocol as Protocol, protocols_of as protocols_of
from .readings import Findings as Findings, SHEET as SHEET
from .runs import RUN_FILE as RUN_FILE, RunManifest as RunManifest, Staging as Staging, changed_since as changed_since
from .runs import inputs_of as inputs_of, of_a_run as of_a_run, one_run as one_run
from .runs import inputs_before as inputs_before
from .runs import require_input as require_input, run_in as run_in, run_of as run_of, sha256_of as sha256_of
from .runs import write_beside as write_beside
from .schema import Schema as Schema, sheets_named as sheets_named
from .series import records as records, series_of as series_of, text_series as text_series
from .shipped import lists_folder as lists_folder, rules_folder as rules_folder, scenarios_folder as scenarios_folder
from .sheet_marks import say_hidden as say_hidden
from .spreadsheet_safe import safe_cell as safe_cell, safe_table as safe_table, write_rows as write_rows
from .spreadsheet_safe import write_safe as write_safe
from .suffix import suffix_of as suffix_of
from .table_reader import Reading as Reading, read_table as read_table
from ._raw_rows import profile_of as profile_of
from .table_reader import readings_of as readings_of
from .table_writer import write_csv as write_csv, write_parquet as write_parquet
from .units import daily as daily, is_unit as is_unit, per_time as per_time, plain_unit as plain_unit
from .units import times_of as times_of
from .table_writer import new_workbook as new_workbook
from .workbooks import WORKBOOK_SUFFIXES as WORKBOOK_SUFFIXES, Workbook as Workbook, kept_open as kept_open
from .workbooks import open_workbook as open_workbook
from .yaml_lines import line_of as line_of, lined as lined, with_lines as with_lines
from .yaml_reader import TooDeepError as TooDeepError, parse_yaml as parse_yaml, read_yaml as read_yaml
from .yaml_reader import syntax_of as syntax_of
