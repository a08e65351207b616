//! Putting an act of will into the record: event, codes and audit entry in one transaction.

use access::{Action, Purpose, audit::Entry};
use model::{
    consent::{
        Answer, Answers, CheckConsentError, ConsentEvent, ConsentKind, ConsentPurpose,
        DocumentVersion,
    },
    identity::CaseId,
};
use store::{Batch, CaseConsent, RecordError};

use crate::{error::PageError, fields::Fields, looks, page::Page, state::AppState};

/// Why an act of will was not recorded; shown beside the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mistake {
    /// The event says too little or something impossible.
    Event(CheckConsentError),
    /// How the identity was checked is missing.
    NoIdentityCheck,
    /// A field cannot be read.
    Field,
}

impl Mistake {
    /// Says what is wrong.
    pub(crate) fn words(self, page: &Page) -> String {
        match self {
            Self::Event(CheckConsentError::NoAnswer) => page.t("consent-mistake-no-answer"),
            Self::Event(CheckConsentError::SignedInFuture) => page.t("consent-mistake-future"),
            Self::Event(CheckConsentError::SignedTooEarly) => page.t("consent-mistake-early"),
            Self::Event(CheckConsentError::NoWitness) => page.t("consent-mistake-witness"),
            Self::Event(CheckConsentError::NoDocument) => page.t("consent-mistake-document"),
            Self::Event(CheckConsentError::YesInWithdrawal) => page.t("consent-mistake-yes"),
            Self::Event(CheckConsentError::Supersedes) => page.t("consent-mistake-supersedes"),
            Self::Event(CheckConsentError::Text) => page.t("consent-mistake-text"),
            Self::NoIdentityCheck => page.t("consent-mistake-identity"),
            Self::Field => page.t("consent-mistake-field"),
        }
    }
}

/// Reads one answer for each purpose, from fields named `answer-` and the purpose.
pub(crate) fn answers(fields: &Fields) -> Result<Answers, Mistake> {
    let mut answers = Answers::default();
    for purpose in ConsentPurpose::ALL {
        let name = format!("answer-{purpose}");
        if fields.text(&name).is_empty() {
            continue;
        }
        let answer: Answer = fields.word(&name).ok_or(Mistake::Field)?;
        if answer == Answer::Later && !purpose.may_be_later() {
            return Err(Mistake::Field);
        }
        answers.set(*purpose, Some(answer));
    }
    Ok(answers)
}

/// Reads what is withdrawn: everything, or the purposes named.
pub(crate) fn withdrawn(fields: &Fields) -> Answers {
    if fields.is("scope", "everything") {
        return Answers::all(Answer::No);
    }
    let named =
        ConsentPurpose::ALL.iter().filter(|purpose| fields.is(&format!("no-{purpose}"), "on"));
    named.fold(Answers::default(), |answers, purpose| answers.with(*purpose, Answer::No))
}

/// Reads a document's version from a field `document` of code and version parted by a blank.
pub(crate) fn document(fields: &Fields) -> Option<DocumentVersion> {
    let (code, version) = fields.text("document").split_once(' ')?;
    Some(DocumentVersion { code: code.to_owned(), version: version.to_owned() })
}

/// Records an event; what it says is in force when this returns.
///
/// A withdrawal of everything takes back the codes that could still be used.
pub(crate) async fn record(
    state: &AppState,
    event: &ConsentEvent,
    entry: Entry,
) -> Result<Result<CaseConsent, Mistake>, PageError> {
    let mut batch = state.store.begin().await.map_err(PageError::internal)?;
    match record_in(state, &mut batch, event, entry).await {
        Ok(Some(consent)) => {
            batch.commit().await.map_err(PageError::internal)?;
            state.consents.learn(consent);
            state.metrics.saved("consent", 1);
            Ok(Ok(consent))
        }
        // The same form was sent twice: it is recorded once.
        Ok(None) => {
            batch.rollback().await.map_err(PageError::internal)?;
            let (case, answers) = (event.case, state.consents.answers(event.case).await);
            let answers = answers.map_err(PageError::internal)?;
            Ok(Ok(CaseConsent { case, answers, sequence: 0 }))
        }
        Err(RecordError::Consent { source }) => {
            batch.rollback().await.map_err(PageError::internal)?;
            Ok(Err(Mistake::Event(source)))
        }
        Err(error) => Err(PageError::internal(error)),
    }
}

async fn record_in(
    state: &AppState,
    batch: &mut Batch,
    event: &ConsentEvent,
    entry: Entry,
) -> Result<Option<CaseConsent>, RecordError> {
    let Some(consent) = batch.record_consent(event).await? else { return Ok(None) };
    if is_everything(event) {
        batch.revoke_codes(event.case, state.now()).await?;
    }
    let items = event.answers.iter().map(|(purpose, _)| purpose.code());
    let entry = entry.about("consent", event.id).with_items(items);
    batch.append_audit(&entry.with_detail(event.kind.code())).await?;
    Ok(Some(consent))
}

/// Makes the audit entry of a patient's own act: no patient has a name in the log.
pub(crate) fn entry_of_patient(state: &AppState, case: CaseId, action: Action) -> Entry {
    let entry = Entry::by_system(state.now(), looks::PATIENT, action);
    entry.on_case(case, None).for_purpose(Purpose::PatientRequest)
}

/// Returns whether an event withdraws everything.
pub(crate) fn is_everything(event: &ConsentEvent) -> bool {
    event.kind == ConsentKind::Withdrawn && event.answers == Answers::all(Answer::No)
}
