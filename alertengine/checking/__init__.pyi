# fmt: off
from .chapter.cases import cases_yaml as cases_yaml, law_cases as law_cases, proposed_cases as proposed_cases
from .chapter.form import EVERY_LEVEL as EVERY_LEVEL, write_form as write_form
from .chapter.passages import passages_of as passages_of, read_passages as read_passages
from .chapter.pieces import Passage as Passage
from .chapter.propose import propose as propose
from .chapter.scaffold import head_defects as head_defects, write_scaffold as write_scaffold
from .chapter.spans import TextSpan as TextSpan, pieces_of as pieces_of
from .lists.check import CheckRun as CheckRun, check_list as check_list
from .lists.marked import DEFECT_SUFFIXES as DEFECT_SUFFIXES, write_check as write_check
from .lists.permits import PERMITS_SCHEMA as PERMITS_SCHEMA, read_permits as read_permits
from .rules.cases import CaseRunner as CaseRunner, CaseOutcome as CaseOutcome, read_cases as read_cases
from .rules.check import check_rulebook as check_rulebook, files_of_cases as files_of_cases, run_cases as run_cases
from .rules.compare import OrderChanges as OrderChanges, order_changes as order_changes
from .rules.compare import write_changes as write_changes
from .rules.coverage import Cell as Cell, Coverage as Coverage, DECIDED as DECIDED, STATES as STATES
from .rules.coverage import coverage as coverage
from .rules.explain_line import LineReport as LineReport, OUTCOME_TEXT as OUTCOME_TEXT, WHY_TEXT as WHY_TEXT
from .rules.missing_texts import HEADERS as HEADERS, MissingTexts as MissingTexts, missing_texts as missing_texts
from .rules.missing_texts import shown as shown
from .rules.mutation_test import mutate as mutate
