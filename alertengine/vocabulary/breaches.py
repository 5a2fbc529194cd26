"""The breaches that findings, penalties and decisions name."""

from __future__ import annotations

from typing import Final

#: Breaches a finding may name, with the words people read.
BREACHES: Final = {
    "no_permit": "无证排污",
    "off_permit": "未按证排污",
    "over_standard": "超标排放",
    "over_total": "超过总量指标排放",
    "illicit_discharge": "偷排漏排",
    "falsified_data": "监测数据弄虚作假",
    "repeat": "屡罚屡犯",
    "over_after_limit": "责令限制生产后仍超标",
    "over_in_warning": "预警期间超标排放",
    "measure_not_done": "预警期间不落实应急减排措施",
    "refused_inspection": "拒绝检查或弄虚作假",
    "stop_not_kept": "停产整治期间拒不停产或擅自恢复生产",
    "refused_site_stop": "拒不停止土石方、拆除等应急措施",
    "refused_dust_stop": "扬尘达到停工值拒不停止作业",
    "overdue": "逾期未完成治理或淘汰",
}
