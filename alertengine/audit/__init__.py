"""Did the plant do it: evidence against orders, as findings a person decides on."""
