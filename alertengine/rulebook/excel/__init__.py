"""Rules as an Excel workbook: written, read back, lossless."""
