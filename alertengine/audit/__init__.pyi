# fmt: off
from ._audit import AuditRun as AuditRun, audit as audit, read_all as read_all, with_cities as with_cities
from ._read_evidence import EVIDENCE_SCHEMA as EVIDENCE_SCHEMA, read_evidence as read_evidence
from .findings import FINDING_SUFFIXES as FINDING_SUFFIXES, write_findings as write_findings
from .findings import NUMBERS as NUMBERS, as_codes as as_codes
from .evidence_and_findings import Evidence as Evidence, FINDING_COLUMNS as FINDING_COLUMNS, KIND_TEXT as KIND_TEXT
from .evidence_and_findings import Verdict as Verdict
from .ordered_days import days_of_spans as days_of_spans
