# fmt: off
from ._changes import OrderChange as OrderChange, changes as changes
from ._write_documents import DocumentOptions as DocumentOptions, WrittenDocuments as WrittenDocuments
from ._write_documents import copy_templates as copy_templates, write_documents as write_documents
from .build import Builder as Builder, grouped as grouped, has_duty as has_duty
from .formal_or_draft import Footing as Footing, Release as Release, SETTING_TEXT as SETTING_TEXT
from .formal_or_draft import release_of as release_of
from .manifest import MANIFEST as MANIFEST, Manifest as Manifest, ReleaseEntry as ReleaseEntry
from .open_matters import KINDS as KINDS, OpenMatter as OpenMatter
from .pack.build import Evening as Evening
from .pack.evening_pack import CONTENTS as CONTENTS, FILES as FILES, KEEPS_DRAFT as KEEPS_DRAFT, Paper as Paper
from .pack.night import look_at as look_at
from .pack.plan_matters import LACKS as LACKS, plan_matters as plan_matters
from .pack.write import PACK as PACK, PackTemplates as PackTemplates, PackWritten as PackWritten
from .pack.write import read_pack_templates as read_pack_templates, stage_packs as stage_packs
from .pack.write import write_packs as write_packs
