home-other-subtitle = What waits for you, and what your role can do.
home-other-title = What you can do
way-research = Count and compare the cases of patients who agreed, in projects that were approved
way-work = See the orders on which it is your turn, oldest first, and record how they go on
way-results = See the results that arrived, and why some were not accepted
way-check = Check a result file (CATS, MAF or VCF) without keeping it
way-knowledge = Find evidence and trials by gene or alteration
way-desk = Take patients’ inquiries and answer them in time
way-people = Record people with their roles and days
way-break-glass = Open a case in an emergency, or review why it was opened
way-audit = Find out who saw what, who changed what, and when
way-hospitals = Find hospitals for cancer genomic medicine by prefecture
way-statistics = See tests, consent and how many reach a treatment
way-panels = See the genes and specimens of each test
way-laboratories = See the laboratories’ certification, contract and quality assessment
way-programme = Handle designations, their requirements and periods
way-consent-documents = Set the versions of explanations and consent documents
way-about = Read how to use the system, and the rules on data
waits-orders-laboratory = Specimens to receive and sequence, results to send
waits-inquiries = Patients’ inquiries that wait for an answer
waits-inquiries-detail = What is due first stands first
waits-inquiries-overdue = { $n ->
    [one] One is past its day
   *[other] { $shown } are past their day
}
waits-break-glass = Emergency openings to review
waits-break-glass-detail = Say whether the reason was justified
waits-projects = Projects you can search today
waits-projects-detail = Within the items, population and days of the permission
