"""What the system says of a file it cannot open, write or decode, in Chinese."""

from __future__ import annotations

import errno
import gzip
import zipfile
import zlib
from json import JSONDecodeError
from typing import Final

_OF_NUMBER: Final = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "不允许这样操作",
    errno.EEXIST: "已有同名文件",
    errno.EISDIR: "这是文件夹",
    errno.ENOTDIR: "路径中有一段不是文件夹",
    errno.ENOTEMPTY: "文件夹不是空的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EROFS: "磁盘只读",
    errno.EFBIG: "文件太大",
    errno.EIO: "磁盘读写出错",
    errno.EBUSY: "正被占用",
    errno.ETXTBSY: "正被占用",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ELOOP: "链接指向自身",
    errno.EXDEV: "不在同一磁盘",
    errno.EINVAL: "参数无效",
    errno.EMFILE: "打开的文件太多",
    errno.ENFILE: "打开的文件太多",
    errno.EPIPE: "对方已断开",
    errno.ECONNREFUSED: "连接被拒绝",
    errno.ECONNRESET: "连接中断",
    errno.EADDRINUSE: "端口已被占用",
    errno.EHOSTUNREACH: "网络不通",
    errno.ENETUNREACH: "网络不通",
    errno.ETIMEDOUT: "超时",
    errno.ENOMEM: "内存不足",
}


#: What a library's error means, by library and class, and by library alone; its own words are for its programmers.
_OF_CLASS: Final = {
    "python_calamine.PasswordError": "文件有密码保护",
    "python_calamine.WorksheetNotFound": "没有这个工作表",
    "python_calamine.ZipError": "不是工作簿，或已损坏",
    "pyarrow.ArrowNotImplementedError": "用了不支持的parquet写法",
    "pyarrow.ArrowMemoryError": "内存不足",
}
_OF_LIBRARY: Final = {
    "python_calamine": "工作簿内容损坏或格式不符",
    "pyo3_runtime": "工作簿内容损坏或格式不符",
    "xlrd": "工作簿内容损坏或格式不符",
    "openpyxl": "工作簿内容损坏或格式不符",
    "pyexpat": "工作簿内容损坏或格式不符",
    "xml": "工作簿内容损坏或格式不符",
    "struct": "内容损坏或格式不符",
    "pyarrow": "内容不符合parquet格式，或已损坏",
    "_csv": "csv格式有误",
    "cryptography": "密钥不能识别",
    "sqlite3": "数据库文件损坏",
    "jinja2": "花括号中的写法有误或不被允许",
}
#: What SQLite answered, by the first two words of its code.
_OF_SQLITE: Final = {
    "SQLITE_BUSY": "正被占用",
    "SQLITE_LOCKED": "正被占用",
    "SQLITE_FULL": "磁盘已满",
    "SQLITE_IOERR": "磁盘读写出错",
    "SQLITE_READONLY": "没有写入权限",
    "SQLITE_CANTOPEN": "不能打开",
    "SQLITE_PERM": "没有权限",
    "SQLITE_NOTADB": "不是数据库文件",
}
#: What is said of a foreign file where its reader failed in a way that nobody thought of.
BROKEN: Final = "内容损坏或格式不符"


def system_words(error: BaseException) -> str:
    """The Chinese of an error of the operating system, of unpacking or of a library that reads; empty for others."""
    said = ""
    if isinstance(error, UnicodeDecodeError):
        said = f"第{error.start + 1}字节起不是{error.encoding.upper()}编码"
    elif isinstance(error, (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error)):
        said = "不是压缩文件，或已损坏"
    elif isinstance(error, JSONDecodeError):
        said = f"第{error.lineno}行第{error.colno}列不合JSON写法"
    elif name := str(getattr(error, "sqlite_errorname", "")):
        said = _OF_SQLITE.get("_".join(name.split("_")[:2]), "")
    elif isinstance(error, EOFError):
        said = "文件不完整"
    elif isinstance(error, TimeoutError):
        said = "超时"
    elif isinstance(error, OSError) and error.errno is not None:
        said = _OF_NUMBER.get(error.errno, f"系统错误{error.errno}")
    return said or _of_library(error) or (BROKEN if isinstance(error, OSError) else "")


def _of_library(error: BaseException) -> str:
    for kind in type(error).__mro__:
        library = kind.__module__.partition(".")[0]
        if said := _OF_CLASS.get(f"{library}.{kind.__name__}") or _OF_LIBRARY.get(library):
            return said
    return ""
