"""From a forecast to warnings: AQI, grade, the life of a warning."""
