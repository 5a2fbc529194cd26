"""Headers of forecasts and observations: the columns of the contract and how exporters spell them."""

from __future__ import annotations

from typing import Final

from alertengine.files import normal

#: Each field with its headers, the first the one people are told.
HEADERS: Final[dict[str, tuple[str, ...]]] = {
    name: tuple(said.split())
    for name, said in {
        "issue_time": (
            "发布时间 issued 起报时间 起报日期 发布日期 预报发布时间 预报发布日期 发报时间 制作时间 publish_time "
            "issued_at init_time"
        ),
        "issuer": "发布单位 预报单位 发布机构 预报机构",
        "city": (
            "城市 城市名称 城市名 区域 区域名称 地区 地区名称 预报城市 预报区域 area area_name 地市 地市名称 市 "
            "设区市 city_name"
        ),
        "target_date": (
            "预报日期 预测日期 预报日 预测日 目标日期 预报时间 预测时间 监测日期 监测时间 date 日期 时间 "
            "forecast_date forecast_time time time_point timepoint datetime"
        ),
        "hour": "时次 小时 时刻 监测小时",
        "aqi": (
            "AQI AQI指数 空气质量指数 AQI值 空气质量指数AQI 空气质量指数(AQI) AQI预报 AQI预报值 AQI预测 AQI预测值 "
            "预报AQI 预测AQI AQI范围 AQI预报范围 AQI区间 日AQI"
        ),
        "aqi_low": "AQI下限 AQI最小值 AQI最低值 AQI低值 最小AQI AQI_min min_aqi",
        "aqi_high": "AQI上限 AQI最大值 AQI最高值 AQI高值 最大AQI AQI_max max_aqi",
        "level_low": (
            "等级下限 空气质量等级 空气质量级别 空气质量类别 空气质量状况 质量等级 污染等级 污染级别 AQI等级 "
            "AQI级别 等级 级别 预报等级 quality"
        ),
        "level_high": "等级上限",
        "pm25": "PM2.5 细颗粒物 细颗粒物(PM2.5) PM2.5浓度 PM2.5预报浓度 PM2.5日均浓度",
        "pm10": "PM10 可吸入颗粒物 可吸入颗粒物(PM10) 颗粒物(PM10) PM10浓度 PM10预报浓度 PM10日均浓度",
        "so2": "SO2 二氧化硫 二氧化硫(SO2) SO2浓度 SO2日均浓度",
        "no2": "NO2 二氧化氮 二氧化氮(NO2) NO2浓度 NO2日均浓度",
        "co": "CO 一氧化碳 一氧化碳(CO) CO浓度 CO日均浓度",
        "o3": "O3 臭氧 臭氧(O3) O3浓度 臭氧浓度",
        "o3_8h": (
            "O3_8h O3_8 O3_8h_max O3_8h最大 O3(8h) O3_8小时 臭氧8小时 臭氧(8小时) 臭氧8h O3日最大8小时 "
            "O3日最大8小时平均 臭氧日最大8小时 臭氧日最大8小时平均 臭氧日最大8小时滑动平均 O3_8h浓度"
        ),
        "o3_1h": "O3_1h O3_1h_max O3_1h最大 O3(1h) O3_1小时 臭氧1小时 臭氧(1小时)",
        "primary": "首要污染物 首污 首要污染物名称 主要污染物 预报首要污染物 primary_pollutant",
        "dust": "沙尘 是否沙尘 沙尘影响",
        "remark": "备注 text_note 说明 预报文字",
        "indicator": "指标 指标名称 监测指标 监测项目 监测因子 预报因子 项目 因子 要素 类型 type pollutant",
        "amount": "数值 值 指标值 监测值 预报值 浓度 浓度值 value",
        "station": "站点 点位 监测点 监测点位 站点名称 点位名称 position position_name station_name",
    }.items()
}
#: Of a table of one column of values: the one that says which field a row is of, and that of the values.
INDICATOR: Final = "indicator"
AMOUNT: Final = "amount"
#: Headers by their field.
NAMES: Final = {normal(spelling): (name,) for name, said in HEADERS.items() for spelling in (name, *said)}
