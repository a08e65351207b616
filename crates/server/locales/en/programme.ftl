programme-title = Programme office
programme-subtitle = Applications, designations that end soon, and the registry.
applications = Applications
applications-open = Applications that wait
applications-closed = Applications that have ended
applications-none = There are none.
application = Application
application-make = Record an application
application-new = New
application-renewal = Renewal
application-submitted = Waits for an opinion
application-opinion-given = Waits for a decision
application-designated = Designated
application-refused = Refused
application-withdrawn = Withdrawn
application-partner = For a partner
application-text = What is applied for
application-send = Record the application
application-chosen-by = chosen by { $hospital }
application-round = round { $round }
application-steps = So far
chosen-by = Code of the core or hub hospital that chose it
wanted = As
round = Round
submitted = Sent in
step-submitted = Sent in
step-opinion = Opinion: { $opinion }
step-designated = Designated ({ $period })
step-refused = Refused
step-withdrawn = Withdrawn
way-committee = It is decided after the committee’s opinion.
way-partner = A core or hub hospital checks the requirements and chooses it; then its papers are taken.
opinion = Opinion
opinion-committee = Record the committee’s opinion
opinion-chooser = Record the choosing hospital’s opinion
opinion-suitable = Suitable
opinion-conditional = Suitable under conditions
opinion-unsuitable = Not suitable
reasons = Reasons and conditions
decision = Decision
decision-hint = With a designation, its period and the link are recorded at the same time.
decision-designated = Designate
decision-refused = Do not designate
decision-from = Designated from
decision-until = Designated until
withdrawal = Withdraw the application
withdrawal-record = Record the withdrawal
expiring = Designations that end within 180 days
expiring-none = None ends soon.
renewal = Renewal
renewal-apply = Apply
renewal-of = Apply for the renewal of { $hospital }
days-left = { $n ->
    [one] { $shown } day left
   *[other] { $shown } days left
}
until = Until
from = From
rounds = Rounds for partners
rounds-hint = Taken every half year; that a round is half of the fiscal year is our setting.
round-applications = { $n ->
    [one] { $shown } application
   *[other] { $shown } applications
}
tables-title = Tables of the registry (CSV)
tables-hint = Read them in with tsumugi programme import.
hospital-make = Record a hospital
hospital-code-hint = Up to 40 letters, digits and - _ . It cannot be changed later, and is no official code.
entry-edit = Edit the hospital’s entry
entry-synthetic = Invented hospital
name-ja = Name (Japanese)
name-en = Name (English)
contact-ja = Desk for patients (Japanese)
contact-en = Desk for patients (English)
record-it = Record
revision-hint = What was there before is kept in the history.
not-recorded = Not recorded
public-page = Public page
designation-add = Add or correct a designation
designation-add-hint = One from the same day is replaced as a correction. Periods do not overlap.
seen-only-choice = The first day is one on which a source lists it; when it began is unknown
link-add = Add or correct a link
link-to = Code of the linked hospital
requirements-title = The eight requirements
requirements-open = See and fill in the requirements
requirements-met = { $met } of 8 met
requirements-unmet = { $n ->
    [one] { $shown } requirement is not confirmed as met.
   *[other] { $shown } requirements are not confirmed as met.
}
requirement-met = Met
requirement-not-met = Not met
requirement-unknown = Not looked at
requirement-checked = Looked at on
requirement-evidence = Evidence
