# fmt: off
from .usage import BadUsageError as BadUsageError
from .usage import help_in_chinese as help_in_chinese, in_chinese as in_chinese, usage_in_chinese as usage_in_chinese
