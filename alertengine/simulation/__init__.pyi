# fmt: off
from .backtest.compare_notices import against_notices as against_notices, OUTCOMES as OUTCOMES
from .backtest.compare_notices import real_ranks as real_ranks
from .backtest.history import CityAir as CityAir, history_of as history_of, seasons as seasons
from .backtest.real_notices import RealNotice as RealNotice, read_alerts as read_alerts
from .backtest.run import Backtest as Backtest, HEAVY as HEAVY, HOUR_COUNTS as HOUR_COUNTS
from .backtest.run import IN_FORCE as IN_FORCE, IN_FORCE_TEXT as IN_FORCE_TEXT, LEVELS as LEVELS
from .backtest.run import RegimeRun as RegimeRun, replay as replay, run_backtest as run_backtest
from .backtest.targets import observations_of as observations_of, progress as progress
from .backtest.targets import targets_of as targets_of
from .burden import HEADERS as HEADERS, burden_by as burden_by, enterprise_shares as enterprise_shares, gini as gini
from .burden import quantile_table as quantile_table
from .on_cluster.connect import Address as Address
from .on_cluster.folder import write_folder as write_folder
from .on_cluster.orders import orders_at as orders_at
from .on_cluster.season import simulate_at as simulate_at
from .planning.run import MISSED as MISSED, PlanRun as PlanRun, PlanOptions as PlanOptions, plan_list as plan_list
from .planning.run import check_targets as check_targets, write_plan as write_plan
from .planning.table import readable_burden as readable_burden, readable_remainder as readable_remainder
from .planning.table import readable_requirements as readable_requirements, readable_rows as readable_rows
from .season.air import expected_pm25 as expected_pm25
from .season.differences import CAUSES as CAUSES, by_cause as by_cause
from .season.season_scenario import BASE as BASE, MOST_VARIANTS as MOST_VARIANTS, is_season as is_season
from .season.season_scenario import raise_words as raise_words, read_season as read_season, season_of as season_of
from .season.season_scenario import SeasonScenario as SeasonScenario
from .season.simulate import Detail as Detail, ENSEMBLE_TABLES as ENSEMBLE_TABLES, Season as Season
from .season.simulate import simulate as simulate, Uncertain as Uncertain
from .season.tables import stopped_names as stopped_names
