# fmt: off
from .archive import write_archive as write_archive
from .backtest import backtest_report as backtest_report
from .charts import plotly_objects as plotly_objects
from .coverage import STATE_NAMES as STATE_NAMES, coverage_report as coverage_report, write_coverage as write_coverage
from .dossier import dossier_page as dossier_page
from .evaluation import evaluation_page as evaluation_page, sentences as sentences
from .response import part_names as part_names, province_record as province_record
from .response import run_record as run_record, write_outputs as write_outputs, write_province as write_province
from .season_files import check_places as check_places, compared as compared
from .season_files import write_measures as write_measures, write_season as write_season
