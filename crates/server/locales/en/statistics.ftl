nav-statistics = Statistics
statistics-title = What the programme reached
statistics-subtitle = Panel tests of patients who allow registration, by the day of registration.
statistics-safe = Counts below { $shown }, and those from which they could be worked out, are not shown. They are shown by years from September to August.
statistics-leads = Each count leads to the search that finds its cases.
statistics-last-month = Last month
statistics-show = Show
statistics-period = Period
statistics-months = { $n ->
    [one] { $shown } month
   *[other] { $shown } months
}
statistics-tests = Tests
statistics-ever = { $tests } in all until the end of the period
statistics-facilities = Hospitals with tests
statistics-of-facilities = of { $designated } hospitals
statistics-of-tests = { $share } of tests
statistics-by-month = Tests by month
statistics-tests-hint = What a hospital was is that of the day of registration.
statistics-picture = Tests by month. The numbers are in the table below.
statistics-hidden-month = a month with a hidden count
statistics-sum = Sum
statistics-all = All
statistics-core = Core hospitals
statistics-hub = Hub hospitals
statistics-partner = Partner hospitals
statistics-other = Others, unknown
statistics-undated = { $n ->
    [one] { $shown } case whose day of registration is not known is not counted.
   *[other] { $shown } cases whose day of registration is not known are not counted.
}
statistics-facilities-hint = By what they were on the last day of the period.
statistics-designated = Designated
statistics-with-tests = With tests
statistics-without-tests = Without tests
statistics-with-given = Gave a proposed drug
statistics-reach = How far tests led
statistics-reach-hint = Whether the drug that the expert panel proposed was given. The denominator of shares is all tests.
statistics-given = Proposed drug given
statistics-not-given = Proposed, not given
statistics-given-unknown = Proposed, not known if given
statistics-not-proposed = None proposed
statistics-proposed-unknown = Not known
statistics-given-share = Share given
statistics-consent = Consent and time
statistics-consent-hint = As patients will it now. The denominator is those who answered yes or no.
statistics-purpose = Purpose
statistics-consent-rate = Share of yes
statistics-time = From consent to report
statistics-median-days = Median { $days } days
statistics-quartiles = quartiles { $days } days
statistics-reports = { $reports } reports
statistics-time-none = There are not enough reports to show.
statistics-levels = Best evidence level
statistics-no-level = none or not known
statistics-bar = Bar
statistics-prefectures = Prefectures
statistics-prefecture = Prefecture
