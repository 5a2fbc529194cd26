# fmt: off
from .advance_notice import EARLY_COLUMNS as EARLY_COLUMNS, EARLY_SHOWN as EARLY_SHOWN, early_notice as early_notice
from .announced import announced_and_held as announced_and_held, steps_text as steps_text
from .aqi import AqiStandard as AqiStandard, Floats as Floats, class_bounds as class_bounds, classes_of as classes_of
from .aqi import daily_aqi as daily_aqi
from .bulletin import Cell as Cell, parse_value as parse_value, read_bulletin as read_bulletin
from ._warn import Warnings as Warnings, warn as warn
from .decide import Decider as Decider
from .forecast import Forecast as Forecast
from .forecast_cells import TOP as TOP
from .forecast import read_forecast as read_forecast
from .forecast_cells import FORECAST_SCHEMA as FORECAST_SCHEMA
from ._given_again import given_again as given_again, given_in_runs as given_in_runs
from .grade import Graded as Graded, LEVEL_OF as LEVEL_OF, AirLaw as AirLaw, RANK as RANK, GradedRun as GradedRun
from .known_at import as_perfect_forecast as as_perfect_forecast
from .known_at import DAYS_AHEAD as DAYS_AHEAD, DAYS_BEHIND as DAYS_BEHIND, MOST_DAYS_AHEAD as MOST_DAYS_AHEAD
from .known_at import PerfectView as PerfectView, Sight as Sight
from .known_at import ahead_and_behind as ahead_and_behind, sight as sight
from .law_in_force import law_on as law_on, laws_of as laws_of, regime_rules as regime_rules
from .level_intervals import LevelInterval as LevelInterval, next_full_hour as next_full_hour, rank_at as rank_at
from .life import PlannedLife as PlannedLife, groups as groups, levels_of as levels_of
from .life import plan as plan, transitions as transitions
from .notes import days_text as days_text
from .plausibility import CONCENTRATIONS as CONCENTRATIONS, INDICES as INDICES, by_standard as by_standard
from .plausibility import contradictions as contradictions
from .reasons import lead_of as lead_of, outward as outward
from .record import Record as Record, Row as Row, WarningStanding as WarningStanding, Unit as Unit
from .record import empty_table as empty_table, rows_of as rows_of, write_warnings as write_warnings
from .record_reader import read_record as read_record, read_warnings as read_warnings
from .rows import Rows as Rows
from .superior_orders import Floor as Floor, FloorSaid as FloorSaid, cities_ordered as cities_ordered
from .superior_orders import of_places as of_places
from .superior_orders import order_time as order_time, reaching as reaching, read_floors as read_floors
from .transition_kinds import kind_of as kind_of, kinds as kinds, unit_of as unit_of
from .windows import DAY as DAY, Timeline as Timeline, timelines as timelines
