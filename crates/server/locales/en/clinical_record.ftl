open-record = Clinical record
record-of-case = Clinical record
history = Who changed what
sections = Sections
sections-all = All sections
sections-caption = Required fields by section, up to registration
section = Section
required-filled = Required fields filled
fields-entered = Fields entered
nothing-required = Nothing required
section-complete = Complete
section-missing = { $n ->
    [one] 1 required field is empty.
   *[other] { $shown } required fields are empty.
}
section-nothing-missing = No required field is empty.
section-contested-now = { $n ->
    [one] 1 field has two answers.
   *[other] { $shown } fields have two answers.
}
section-saved = { $n ->
    [0] Nothing had changed.
    [one] 1 field saved.
   *[other] { $shown } fields saved.
}
section-contested = { $n ->
    [one] Saved. Somebody else changed 1 field meanwhile: choose below which answer holds.
   *[other] Saved. Somebody else changed { $shown } fields meanwhile: choose below which answers hold.
}
section-refused = { $n ->
    [one] 1 field was not saved: its value is too long.
   *[other] { $shown } fields were not saved: their values are too long.
}
save-section = Save this section
next-section = Next
field-saved = Saved { $when }, { $who }
field-somebody = somebody
field-missing = Still empty
field-required = required
field-contested = Two answers
field-choose = Take this
field-emptied = (emptied)
field-hint-date = YYYY-MM-DD, or YYYY-MM
field-hint-range = { $range }
unit-years = years
unit-percent = %
unit-cigarettes = a day
block-empty = No row yet.
block-caption = One row for each. Tab and Enter go from field to field.
row-number = No.
row-add = Add a row
row-add-hint = Enter in the last field adds a row too.
row-remove = Remove
row-restore = Bring back
row-empty = Empty row
rows-removed = { $n ->
    [one] 1 row was removed
   *[other] { $shown } rows were removed
}
script-saving = Saving…
script-saved = Saved {"{"}when{"}"}
script-kept = Not saved yet; kept in this browser
script-contested = Somebody else answered differently: choose one, or type a third.
script-refused = Not saved: the value is too long
script-offline = The server cannot be reached. What you type is kept in this browser and sent again by itself. You may go on.
script-signed-out = You are signed out, or may no longer write here. What you typed is kept in this browser: sign in again in another tab and reload this page; nothing is lost.
overview-contested = { $n ->
    [one] 1 field has two answers
   *[other] { $shown } fields have two answers
}
overview-contested-detail = People answered without seeing each other. Choose which holds:
overview-missing = { $n ->
    [one] 1 required field is empty
   *[other] { $shown } required fields are empty
}
overview-filled = { $filled } of { $required } filled, up to registration
overview-complete = Every field required for registration is filled
overview-missing-title = Still empty
overview-missing-none = Nothing is missing.
overview-problems = Problems
overview-problems-none = Nothing contradicts itself.
missing-short = { $n ->
    [one] 1 empty
   *[other] { $shown } empty
}
contested-short = { $n ->
    [one] 1 with two answers
   *[other] { $shown } with two answers
}
take-over = Take over
take-over-detail = { $n ->
    [one] The case says 1 field already that the record does not have.
   *[other] The case says { $shown } fields already that the record does not have.
}
history-count = { $n ->
    [one] 1 entry, newest first.
   *[other] { $shown } entries, newest first.
}
history-of = Only those of { $who }.
history-filter = Show
history-all = Show all
history-none = Nothing was entered yet.
history-caption = Each line is one entry; nothing is overwritten.
history-when = When
history-who = Who
history-what = Field
history-difference = Before and after
history-source = How
history-older = Older entries
history-set-aside = set aside:
history-row-added = Row added
history-row-removed = Row removed
source-form = Form
source-import = Import
source-api = Program
completeness = Completeness
completeness-hint = How far the clinical records are filled, by hospital.
completeness-incomplete = { $n ->
    [one] 1 case is not complete
   *[other] { $shown } cases are not complete
}
completeness-of = { $n ->
    [one] of 1 case
   *[other] of { $shown } cases
}
completeness-rule = Required fields up to the phase “{ $phase }” of the item catalogue. The rules are ours, not official.
by-hospital = By hospital
by-hospital-caption = Choose a hospital to see its cases.
untouched = Not begun
oldest-incomplete = Oldest incomplete
incomplete-cases = Cases that wait
incomplete-none = No case that was begun lacks anything.
incomplete-caption = Oldest first, at most { $size }
choose-hospital = Choose a hospital above.
missing-title = Empty
opened = Registered
touched = Last entry
new-case = Register a case
new-case-hint = Only a reference that means nothing outside your hospital. Names and numbers of patients have no place here.
new-case-reference-hint = Your hospital’s own pseudonym for the case. It cannot be changed later.
new-case-reference-unfit = This reference cannot be used: it is empty, too long, or has characters that cannot be kept.
new-case-reference-taken = This reference cannot be used: choose another.
new-case-button = Register and begin to enter
