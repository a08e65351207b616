nav-work = My turn
orders-title = Test orders
orders-of-case = Test orders of this case
orders-none = No test has been ordered yet.
order-title = Test order
order-number = Order number
order-product = Test (panel)
order-laboratory = Laboratory
order-hospital = Ordering hospital
order-physician = Physician
order-consented = Day of consent to the test
order-ordered = Ordered
order-since = In this state since
order-waiting = Days in this state
order-since-consent = since consent
order-specimens = Specimens
order-material = Specimen
order-site = Where it was taken
order-collected = When it was taken
order-content = Tumour content (%)
order-normal = Matched normal
order-attempts = Specimens asked for
order-counselling = Genetic counselling
order-counselling-not-asked = Not asked for
order-counselling-asked = Asked for, not given yet
order-counselling-held = Given
order-note = Note
order-day = Day it happened
order-turn = { $who }’s turn now
order-to-case = To the case
order-next = What is next
order-next-none = Nothing is to be recorded here now.
order-else = Other entries
order-send-result = Send the result
order-send-result-hint = Sends this test's result file (CATS, MAF or VCF). Whatever test identifier it gives, it is recorded as this order's result.
order-send-result-button = Send as this order's result
order-fail = Record an analysis failure
order-failure = Why the analysis failed
order-cancel = Cancel the test
order-cancel-reason = Why it is cancelled
order-cancel-hint = Before the specimen is sent, nothing more needs to be entered.
order-cancel-asks = For this product, the analysis failure has to be entered when the order is cancelled after sending.
order-ask-counselling = Ask for genetic counselling
order-hold-counselling = Record genetic counselling
order-take-back = Take back the last entry
order-facts = What was ordered
order-way = The way so far
order-by-programme = Recorded by the system
order-after = { $n ->
    [one] { $shown } day later
   *[other] { $shown } days later
}
order-not-recorded = Nothing was recorded
order-new = Order a test
order-eligibility = Is the patient eligible?
order-eligibility-hint = Decided by the rule in force today. The answer and the rule’s version stay with the order.
order-solid = The tumour is solid
order-advanced = Locally advanced or metastatic
order-standard-therapy = Standard therapy
order-therapy-none = There is none
order-therapy-ongoing = Going on, no end in sight
order-therapy-expected = Expected to finish
order-therapy-finished = Finished
order-candidate = Drug therapy after the test is likely
order-yes = Yes
order-no = No
order-what = What is ordered
order-place = Order this test
order-despite = Order all the same (say why in the note)
order-eligible = Eligible
order-not-eligible = Not eligible
order-eligibility-unknown = It cannot be decided yet
order-rule = Rule { $version }
order-holds = Holds
order-holds-not = Does not hold
order-holds-unknown = Unknown
order-incomplete = Enter the test (panel) and the laboratory.
order-consent-future = The day of consent has not come yet.
order-not-placed = The rule is not known to be met. Look at the answer below: complete it, or choose “Order all the same”.
days = { $n ->
    [one] { $shown } day
   *[other] { $shown } days
}

work-title = My turn
work-subtitle = Test orders that wait for somebody, earliest consent first.
work-turn = Whose turn
work-everybody = Everybody
work-found = { $n ->
    [one] test order
   *[other] test orders
}
work-search = Case reference or test
work-none = No test order waits.
work-caption = Earliest consent first. The bar is the time since consent, the line the programme’s median.
work-late = Over the median
work-csv = Registration numbers (CSV)
work-pace = Whole programme ({ $orders } orders with consent in the last year, { $ended } explained): median { $median } days from consent to explanation (quartiles { $quarter }–{ $late }). Orders under way and cancelled ones count as censored (Kaplan–Meier).
work-pace-none = Whole programme ({ $orders } orders with consent in the last year, { $ended } explained): fewer than half have come to the explanation, so there is no median yet.
work-unattached = { $n ->
    [one] { $shown } result without an order.
   *[other] { $shown } results without an order.
}
work-unattached-detail = Accepted, but nobody knows for which order.
waits-orders = Test orders where it is your turn
waits-orders-detail = A specimen, an explanation, a decision or another step is to be recorded
