# fmt: off
from ._matching.table import Table as Table
from ._resolve import ABSORBED as ABSORBED, ALLOTTED as ALLOTTED, Asked as Asked, LAPSED as LAPSED
from ._resolve import LESS_STRICT as LESS_STRICT, LOWER_LAYER as LOWER_LAYER, NOT_ACTIVE as NOT_ACTIVE
from ._resolve import Resolution as Resolution, UNDER_WARNING as UNDER_WARNING, merged as merged, resolve as resolve
from ._resolve import stricter as stricter
from .account import Numbers as Numbers, shares as shares
from .allotted import Share as Share
from .code_sets import Coded as Coded, CodedColumn as CodedColumn, Leaf as Leaf, POSSIBLY as POSSIBLY, SURELY as SURELY
from .code_sets import UNKNOWN as UNKNOWN, columns_of as columns_of, encode as encode, split_names as split_names
from .decision import next_turns as next_turns, turns_of_list as turns_of_list
from .decision import Binding as Binding, Decision as Decision, STATUSES as STATUSES, Response as Response
from .decision import Segment as Segment, Slice as Slice, slices as slices
from .engine import Engine as Engine
from .facts import Facts as Facts, TextColumn as TextColumn
from .filed_or_rule import GROUNDS as GROUNDS, Use as Use, among as among
from .hangs_on import Assignment as Assignment, holds as holds, key_of as key_of, stand_ins as stand_ins
from .law_of_day import Law as Law, Matching as Matching
from .match import check_dialect as check_dialect, Matcher as Matcher
