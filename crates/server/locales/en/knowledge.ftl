knowledge-title = Knowledge release
knowledge-demonstration = This knowledge is a demonstration. Not for care.
evidence-search = Find evidence by gene
evidence-title = Evidence
evidence-genes = Genes with evidence
evidence-none = This release holds no evidence on { $gene }.
evidence-found = { $n ->
    [one] evidence item
   *[other] evidence items
}
evidence-caption = Strongest by the source’s own judgement first. A patient’s level follows in the report from the tumour type and approvals.
evidence-type = Type
significance = Claim
strength = Strength in the source
drug = Drug
reference = Source
any-tumour = Any tumour
any-solid = Solid tumours
any-haematological = Haematological tumours
not-supported = { $claim } (not supported)
sources-title = Sources
sources-caption = What this release was made of. When anything in it changes, so does the release’s number.
source = Name
source-version = Version
source-records = Records
licence = Licence
digest = Digest
levels-title = Definition of evidence levels
levels-hint = Judged by a table of this programme’s own ({ $table }) after the scale in the guidance of three Japanese societies. Not an official judgement.
level-meaning = Meaning
level-label = Evidence level { $level }
level-none = No level
level-a = In this tumour type, a drug for the biomarker is approved in Japan or the United States, or a guideline lists it
level-b = In this tumour type, statistically reliable trials or meta-analyses with expert consensus
level-c = An approved drug or reliable trials in another tumour type, or small trials in any tumour type
level-d = Case reports in any tumour type
level-e = Preclinical reports, in cells or animals
level-f = Known to take part in oncogenesis
level-r = Known to cause resistance to a drug
count-evidence = evidence items
count-genes = genes
count-tumour-types = tumour types
count-drugs = drugs
count-approvals = approvals
count-panels = gene panels
count-hotspots = hotspots
tumour-types-title = Tumour types
tumour-types-subtitle = { $shown } types, by OncoTree code, with Japanese and English names.
tumour-types-search = Name or code
tumour-types-found = { $n ->
    [one] type found.
   *[other] types found.
}
tumour-types-all = Show all
tumour-types-none = There is no such tumour type.
tumour-type-cases = Cases of this tumour type
