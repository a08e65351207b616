nav-registration = Register a case
identifier-title = Who the patient is
identifier-own = Of your own hospital only
identifier-own-detail = Kept encrypted with the hospital’s own key; only this hospital’s people in charge can open it. The centre and other hospitals cannot. Opening it is written to the audit log.
identifier-none = Not recorded yet.
identifier-recorded = Recorded { $when }
identifier-record = Record
identifier-name = Name
identifier-kana = Name in kana
identifier-born = Date of birth
identifier-hospital-number = Hospital patient number
identifier-insurance-number = Insurance number
identifier-address = Address
identifier-telephone = Telephone
identifier-link = Who the patient is
registration-title = Register a case
registration-subtitle = Gives out a new registration number. It is random and not made of anything of the patient.
registration-find = Find a case by the hospital’s patient number
registration-found-none = No case has this number.
registration-new = A new case
registration-hint = The form of the number is ours, not the official one. Its last character finds mistyped numbers.
registration-button = Give out a registration number
registration-sex = { $sex ->
    [female] Female
    [male] Male
   *[other] Other
}
