"""What the system says of a file it cannot open, write or decode, in Chinese."""

from __future__ import annotations

import errno
import gzip
import zipfile
import zlib
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


def system_words(error: BaseException) -> str:
    """The Chinese of an error of the operating system or of unpacking; empty for any other."""
    if isinstance(error, UnicodeDecodeError):
        return f"第{error.start + 1}字节起不是{error.encoding.upper()}编码"
    if isinstance(error, (gzip.BadGzipFile, zipfile.BadZipFile, zlib.error)):
        return "不是压缩文件，或已损坏"
    if isinstance(error, EOFError):
        return "文件不完整"
    if isinstance(error, TimeoutError):
        return "超时"
    if not isinstance(error, OSError) or error.errno is None:
        return ""
    return _OF_NUMBER.get(error.errno, f"系统错误{error.errno}")
