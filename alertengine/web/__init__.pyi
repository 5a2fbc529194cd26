# fmt: off
from .desk import Desk as Desk
from .server import serve as serve
