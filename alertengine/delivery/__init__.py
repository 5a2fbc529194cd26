"""Delivery of orders: receipts as acts of the record, who has been served and since when, relief asked for safety."""
