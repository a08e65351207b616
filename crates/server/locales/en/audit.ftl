nav-audit = Audit
audit-title = Audit log
audit-subtitle = Every sign-in, read of patient data, change, export and administrative act stays here. Nothing can be removed or altered.
audit-subtitle-own = What people of your organisation did, and what was done on your organisation's cases.
audit-state = State of the log
audit-unverified = Not verified since the server started
audit-whole = { $entries } entries verified on { $at }: nothing was altered
audit-tampered = Verifying on { $at } found that the log was altered
audit-head = Newest signed tree head: { $at }, over { $size } entries ({ $later } since then). Root { $root }…, key { $key }
audit-head-none = There is no signed tree head yet.
audit-verify = Verify now
audit-search = Search the audit log
audit-any = Any
audit-clear = Clear
audit-from = From
audit-until = Until
audit-found = { $n ->
    [one] entry
   *[other] entries
}
audit-none = No entry matches.
audit-caption = Newest first, { $size } on a page
audit-ndjson = Whole log, verifiable (NDJSON)
audit-when = When
audit-who = Who
audit-as = Role and organisation
audit-what = Action
audit-outcome = Outcome
audit-done = Done
audit-refused = Refused
audit-purpose = Purpose
audit-case = Case
audit-hospital = Hospital of the case
audit-about = About
audit-detail = Detail
audit-number = Number
audit-address = From address
audit-request = Request
audit-skew = Clock skew
audit-skew-seconds = It told a time { $seconds } seconds before the entry before
audit-skewed = Clock stepped back
audit-items = { $n ->
    [one] { $shown } item
   *[other] { $shown } items
}
audit-items-title = Items read or changed
audit-entry = Audit entry { $number }
audit-says = What it says
audit-bytes = Canonical bytes
audit-bytes-hint = The bytes as kept, which are the leaf of the hash tree. The line below is their hash.
audit-proof = Get the inclusion proof
audit-open-case = Open the case
who-looked = Who looked
who-looked-subtitle = Who did what with this case's data, when and for what.
who-looked-none = Nobody has looked yet.
who-looked-people = { $n ->
    [one] { $shown } person
   *[other] { $shown } people
}, by day, person and purpose, newest first.
who-looked-times = Times
who-looked-rest = { $n ->
    [one] and { $shown } more row
   *[other] and { $shown } more rows
}
