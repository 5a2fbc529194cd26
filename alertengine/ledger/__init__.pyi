# fmt: off
from ._append import append as append, refuse_corrected as refuse_corrected
from ._deposit import contradictions as contradictions, deposit as deposit, not_handed_over as not_handed_over
from ._deposit import read_deposited as read_deposited
from ._export import corrections as corrections, export as export, hashed as hashed
from ._upgrade import upgrade as upgrade
from ._verify import verify as verify
from .act import Act as Act, DRAFT as DRAFT, Head as Head, InputFile as InputFile, KINDS as KINDS
from .act import NOT_DRAFTED as NOT_DRAFTED, Signer as Signer, option_paths as option_paths
from .act import uncorrected as uncorrected, user_of as user_of
from .browse import application as application, serve as serve
from .canonical_bytes import MARK as MARK, Personal as Personal, as_bytes as as_bytes, canonical as canonical
from .canonical_bytes import cell as cell, sha256 as sha256
from .checkpoint import Checkpoint as Checkpoint
from .checkpoint import checkpoint_json as checkpoint_json, holds as holds, make_key as make_key
from .checkpoint import read_private as read_private, read_public as read_public, sign as sign
from .connect import in_words as in_words, writing as writing
from .contents import check_codes as check_codes, check_columns as check_columns, check_orders as check_orders
from .contents import check_times as check_times
from .defects import DEFECT_TEXT as DEFECT_TEXT, Verified as Verified
from .diff import Difference as Difference, compare_orders as compare_orders, compare_warnings as compare_warnings
from .personal_access import ACCESS as ACCESS, record_access as record_access, require_reason as require_reason
from .personal_keys import check_signers as check_signers, sign_act as sign_act
from .personal_vault import Vault as Vault, apart as apart, cells_apart as cells_apart, names_apart as names_apart
from .schema import PLAIN_COLUMNS as PLAIN_COLUMNS
from .store import Ledger as Ledger
