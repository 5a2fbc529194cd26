"""What is said in the room ``documents``, and of releases that are put on record."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error

MESSAGES: Final[dict[str, Message]] = {
    "release_blank": error("is blank", "空白", "who releases, and why", "由谁放行、为何放行"),
    "no_departments": error(
        "no departments",
        "没有部门",
        "departments: a list of {{name, called, about}}",
        "departments：{{name, called, about}}的列表",
    ),
    "no_pack_folder": error("no such folder", "没有这个文件夹", "a folder of pack templates", "成套文书模板文件夹"),
    "template_not_filled": error(
        "template cannot be filled: {error}",
        "模板不能填写：{error}",
        "names as in templates/README.md",
        "templates/README.md所列的名称",
    ),
    "template_endless": error(
        "template goes on without end: more than {most:,} rounds",
        "模板没有尽头：循环和调用折合超过{most:,}次",
        "loops over the values of templates/README.md",
        "对templates/README.md所列的列表循环",
    ),
    "template_names_unknown": error(
        "names that nothing fills",
        "模板中没有的填写项",
        "names as in templates/README.md",
        "templates/README.md所列的名称",
    ),
    "template_without_names": error(
        "does not say what its paper cannot do without",
        "模板缺少文书不可少的填写项",
        "{names:space}, each in braces",
        "花括号中的{names}，缺一不可",
    ),
    "word_unreadable": error(
        "cannot be read: {error}", "文件不能读取：{error}", "a Word document (.docx)", "Word文档（.docx）"
    ),
    "not_word": error(
        "no Word document", "不是Word文档", "a .docx with word/document.xml", "含word/document.xml的.docx"
    ),
    "never_released": error("{what} is never released", "{what}不能放行", "a live run", "正式运行"),
    "no_template": error("no template in the folder", "文件夹中没有模板", "{names:space}", "{names}"),
    "stands_already": error("stands there already", "已经存在", "a new file", "新的文件"),
    "draft_and_formal": error(
        "--draft and --formal exclude each other",
        "--draft和--formal不能同用",
        "one of them, or neither",
        "只给一个，或都不给",
    ),
    "no_such_addressee": error(
        "no such enterprise",
        "没有这家企业",
        "an enterprise id or name of the orders{near}",
        "指令中的企业标识或名称{near}",
    ),
    "nothing_released": error(
        "nothing was released", "没有发放任何文书", "documents --release-by", "documents --release-by"
    ),
    "released_already": error(
        "the papers of act {act} are released already", "第{act}号的文书已经具名放行，不能再次放行"
    ),
    "release_of_corrected": error(
        "act {act} is corrected by act {by}: its papers do not go out",
        "第{act}号已由第{by}号更正，其文书不能放行",
        "the papers of act {by}",
        "放行第{by}号的文书",
    ),
    "release_without_time": error(
        "a release without its time", "发放没有时间", "a manifest as documents wrote it", "documents写出的清单"
    ),
    "released_of_nobody": error(
        "{count} released documents are of no enterprise of the act",
        "{count}份放行的文书不属于这一条中的企业",
        "documents made from the orders of this act",
        "由这一条的指令生成的文书",
    ),
    "released_of_other_orders": error(
        "the released documents are of {count} orders that are none of the act",
        "放行的文书所依据的{count}条指令不在这一条中",
        "documents made from the orders of this act",
        "由这一条的指令生成的文书",
    ),
    "released_gone": error(
        "{count} released documents are gone",
        "{count}份放行的文书已不在",
        "the folder as documents wrote it",
        "documents写出时的文件夹",
    ),
}
