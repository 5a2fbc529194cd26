"""What a bureau does on record: draft, sign, issue, publish, deliver, release, evaluate, replay, erase."""
