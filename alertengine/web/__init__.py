"""The bureau's page: ``alertengine serve LEDGER``.  The ledger is its only state (extra ``web``)."""
