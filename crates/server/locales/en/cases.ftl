cases-title = Cases
cases-of-all = { $n ->
    [one] case
   *[other] cases
}
cases-found = of { $shown } cases
cases-none = No case fits these filters.
cases-caption = { $size } to a page, newest first
chips = Chosen filters
chips-clear = Take all off
chip-remove = Take off the filter “{ $what }”
search-label = Search the cases
search-hint = Case reference or diagnosis
chip-search = Search
filters-jump = To the filters ↓
facet-empty = Nothing
facet-rest = and { $shown } more
facet-tumour = Tumour type
facet-level = Highest level
facet-sex = Sex
facet-panel = Test
facet-hospital = Hospital
facet-state = State
level-no-evidence = No evidence
pager = Pages
pager-first = First page
pager-next = Next page
pager-end = This is the end
level = Level
case-reference = Case
tumour-type = Tumour type
age-sex = Age, sex
person = { $age }, { $sex }
person-no-age = Age unknown, { $sex }
panel = Test
alterations-short = Alterations
state = State
listed = Received
state-fine = Made
state-no-report = No report
state-rejected = Not accepted
state-warnings = Warnings
state-no-tumour = No tumour type

case-title = Case
case-summary-separator = {" · "}
case-answer = The findings report of this case
case-no-result = Waiting for a test result
case-no-result-detail = When one comes, its findings report is made at once. "Test orders" shows how far the test has come.
case-no-report = There is no findings report yet
case-no-report-detail = No test result has been accepted. See the problems of the test results below.
case-answer-level = Highest evidence level { $level }
case-answer-none = No evidence with a level
case-answer-detail = Findings: { $findings } · made { $made }
open-report = Open the report
case-facts = About the case
case-results = Test results
case-results-caption = One row for each file, newest first
case-results-none = No test result has come yet.
case-reports = History of findings reports
case-reports-hint = A report never changes once made. When knowledge is updated, a new report is added.
case-reports-none = There is no findings report yet.
report-made = Made
report-newest = Newest
findings = Findings
release = Knowledge release
program = Program
file = File
problems = Problems
received = Received

fact-hospital = Hospital
fact-age = Age
fact-sex = Sex
fact-tumour = Tumour type
fact-diagnosis = Pathological diagnosis
fact-ps = ECOG performance status
fact-specimen-site = Specimen taken from
fact-specimen-kind = Kind of specimen
fact-specimen-collected = Specimen taken on
fact-tumour-content = Tumour cell content
fact-registered = Registered
fact-revision = Revision of the case
years = { $n ->
    [one] { $n } year
   *[other] { $n } years
}
revision = No. { $n }

report-title = Findings report
report-subtitle-made = Made { $when }
report-print = Print view
report-superseded = This is not the newest report of the case.
report-superseded-link = Open the newest report

results-title = Test results
results-subtitle = The files that came, newest first.
results-found = { $n ->
    [one] result
   *[other] results
}
results-none = There is no such test result.
results-caption = { $size } to a page, newest first
results-all = All
results-status = Accepted or not
tumour-and-panel = Tumour type and test
