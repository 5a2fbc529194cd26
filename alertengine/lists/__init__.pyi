# fmt: off
from ._certificates import certificates as certificates
from ._certificates import expired as expired, said as said
from .credit_code import is_valid as is_valid
from .decisions import DECISIONS as DECISIONS, decisions_beside as decisions_beside, decisions_file as decisions_file
from .decisions import joined as joined, read_decisions as read_decisions, record_of as record_of
from .diff import CHANGES as CHANGES, COLUMNS as COLUMNS, diff_lists as diff_lists
from .from_records import RowError as RowError, lines_from as lines_from
from .generate import generate_list as generate_list
from .generate_settings import load_settings as load_settings
from .identity import STAND_IN as STAND_IN
from .list_headers import LIST_NAMES as LIST_NAMES
from .enterprise_list import EnterpriseList as EnterpriseList, ListVersion as ListVersion, PLAN_COLUMNS as PLAN_COLUMNS
from .enterprise_list import file_hash as file_hash, version_files as version_files, version_yaml as version_yaml
from .filed_plans import PlanReading as PlanReading, read_plan as read_plan, without_vehicles as without_vehicles
from .plans_compared import LESS_THAN_STOP as LESS_THAN_STOP, SAME as SAME, Strength as Strength, asks_less as asks_less
from .plans_compared import lighter_than as lighter_than, plan_strength as plan_strength, unread_plans as unread_plans
from .register import PlantsOfList as PlantsOfList
from .read import LIST_SCHEMA as LIST_SCHEMA, PROBLEMS_SHEET as PROBLEMS_SHEET, beside_list as beside_list
from .read import read_list as read_list
from .register import HEADERS as HEADERS, NEARLY as NEARLY, REGISTER_SCHEMA as REGISTER_SCHEMA, Register as Register
from .register import is_register as is_register, read_register as read_register, register_of as register_of
from .same_lines import line_keys as line_keys, under_ids_of as under_ids_of
from .totals import TOTALS_SCHEMA as TOTALS_SCHEMA, read_totals as read_totals
from .write import LIST_SHEET as LIST_SHEET, write_list as write_list
