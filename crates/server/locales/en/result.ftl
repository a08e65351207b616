result-title = Test result
result-subtitle = Received { $when } · { $size }
verdict-accepted = Accepted
verdict-accepted-detail = There are no errors. The findings report has been made.
verdict-accepted-checked = There are no errors. The file can be sent as it is.
verdict-warnings = Accepted with warnings
verdict-warnings-detail = It can be used, but some points should be looked at.
verdict-rejected = Not accepted
verdict-rejected-detail = Mend the errors and send the file again. The original is kept as it came.
verdict-rejected-checked = Once the errors are mended it can be accepted. This file was not kept.
problem-errors = { $n ->
    [one] { $shown } error
   *[other] { $shown } errors
}
problem-warnings = { $n ->
    [one] { $shown } warning
   *[other] { $shown } warnings
}
problem-notes = { $n ->
    [one] { $shown } note
   *[other] { $shown } notes
}
problems-title = Problems found
problems-left = { $n ->
    [one] One more problem is in the JSON.
   *[other] { $shown } more problems are in the JSON.
}
problems-summary-none = None
severity-error = Error
severity-warning = Warning
severity-note = Note
audience-developer = For the sending system’s developer
audience-data-entry = For those who enter data
place-file = The whole file
place-at = At
place-line = Line { $line }
place-line-column = Line { $line }, column { $column }
fragment = The part in question
fragment-cut = … cut here
test-title = Test
fact-format = Format
fact-assembly = Reference genome
assembly-lifted = { $to } (lifted from { $from })
fact-test-type = Type of test
fact-test-id = Test number
fact-software = Analysis software
fact-panel-version = Version of the panel
fact-digest = SHA-256 of the original
samples-title = Samples
sample = Sample
sample-kind = Tissue
nucleic-acid = Nucleic acid
depth-mean = Mean depth
sample-suspected = Suspected state
variants-title = Substitutions, insertions and deletions
variants-none = No substitution, insertion or deletion is reported.
variants-caption = In the laboratory’s order. Positions count from 1.
rows-left = { $n ->
    [one] One more row is in the JSON.
   *[other] { $shown } more rows are in the JSON.
}
gene = Gene
protein-change = Amino-acid change
coding-change = Coding change
genome-place = Place in the genome
allele-frequency = Frequency
depth = Depth
origin = Origin
reported = Reported
copies-title = Copy-number alterations
copies-none = No copy-number alteration is reported.
rearrangements-title = Rearrangements and fusions
rearrangements-none = No rearrangement or fusion is reported.
biomarkers-title = Genome-wide markers
biomarkers-none = No marker is reported.
kind = Kind
measured = Measured
supporting-reads = Supporting reads
biomarker = Marker
biomarker-state = Judged
yes = Yes
no = No
notes-title = Notes
notes-hint = Nothing has to be done.
unit-tmb = mutations/Mb
unit-copies = copies
