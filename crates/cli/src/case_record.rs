//! `tsumugi record`: the clinical records of registered cases, from the console.

use std::{
    fs::File,
    io::{self, Write as _},
    path::PathBuf,
    process::ExitCode,
};

use access::{Action, Actor, Asked, Permit, Purpose, Relation, Rights, audit::Entry};
use care::{
    order::local_day,
    record_import::{CasePlan, Compared, Comparing, PlanError, enter},
};
use chrono::{DateTime, Utc};
use ingest::portal_csv::{PortalCases, ReadOptions};
use model::{
    catalogue::Document,
    identity::PersonId,
    organisation::OrganisationCode,
    problem::{Problem, has_error},
    text::{Language, LocalizedText},
};
use store::Store;

use crate::{
    cats::show,
    outcome::Format,
    person::actor_named,
    record::{DEFAULT_RECORD, Failure, finish, now, open_existing, runtime},
};

/// Exit code when the file cannot be entered as it is; nothing was changed.
const REFUSED: u8 = 1;
/// Most cases whose entries are one transaction.
const BATCH_CASES: usize = 64;

/// Calls of `tsumugi record`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum CaseRecord {
    /// Enter the portal's case CSV into the clinical records of a hospital's registered cases.
    ///
    /// Without --confirm nothing is written: what would be entered is counted. A value that contradicts the record is
    /// entered beside it, for a person to choose. Exit status: 0 when the file can be entered, 1 when it has errors
    /// (nothing is changed), 2 when it could not run.
    Import(ImportRecord),
}

impl CaseRecord {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        Ok(finish(match self {
            Self::Import(import) => import.run(),
        }))
    }
}

/// Arguments of `tsumugi record import`.
#[derive(Debug, clap::Args)]
pub(crate) struct ImportRecord {
    /// The case CSV, with registration IDs that are not masked
    #[arg(long, value_name = "CSV")]
    cases: PathBuf,
    /// Code of the hospital whose cases they are
    #[arg(long, value_name = "CODE")]
    hospital: String,
    /// Sign-in name of the person who enters them, who may write the hospital's cases
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Write what the preview counts
    #[arg(long)]
    confirm: bool,
    /// The record: sqlite:FILE or postgres://…
    #[arg(long, value_name = "URL", default_value = DEFAULT_RECORD)]
    db: String,
    /// Form of the outcome
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Language of the text form: ja or en
    #[arg(long, default_value = "ja")]
    lang: Language,
}

/// What the file comes to.
#[derive(Debug, Default, serde::Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    entered: bool,
    cases: usize,
    filling: usize,
    same: usize,
    contradicting: usize,
    settled: usize,
    problems: Vec<Problem>,
}

impl ImportRecord {
    fn run(self) -> Result<ExitCode, Failure> {
        let unreadable = |error: &io::Error| {
            Failure(LocalizedText::new(
                format!("{} を読めません({error})。", self.cases.display()),
                format!("{} cannot be read ({error}).", self.cases.display()),
            ))
        };
        let options = ReadOptions { document: Some(Document::Case), ..ReadOptions::default() };
        let reading = File::open(&self.cases)
            .and_then(|file| PortalCases::open(file, &options, &mut |_| ()))
            .map_err(|error| unreadable(&error))?;
        let Some(file) = reading.value else {
            return self.tell(&Outcome { problems: reading.problems, ..Outcome::default() });
        };
        let outcome = runtime()?.block_on(async {
            let store = open_existing(&self.db).await?;
            let (at, hospital) = (now(), OrganisationCode::new(&self.hospital));
            let (actor, permit) = self.permitted(&store, &hospital, at).await?;
            let mut comparing = Comparing::new(&store, &file, &hospital, at);
            let mut outcome = Outcome::default();
            while let Some(compared) =
                comparing.compare_next().await.map_err(|error| incomparable(&error))?
            {
                outcome.add(&compared);
            }
            outcome.problems = comparing.problems();
            if self.confirm && !has_error(&outcome.problems) {
                let by = Entry::permitted(at, &actor, &permit).with_detail("tsumugi record import");
                enter_all(&store, &file, (actor.person, &by), &hospital, at).await?;
                outcome.entered = true;
            }
            store.close().await;
            Ok::<_, Failure>(outcome)
        })?;
        self.tell(&outcome)
    }

    /// Returns the person with the right to write the hospital's cases.
    async fn permitted(
        &self,
        store: &Store,
        hospital: &OrganisationCode,
        at: DateTime<Utc>,
    ) -> Result<(Actor, Permit), Failure> {
        let actor = actor_named(store, &self.by).await?;
        let asked = Asked {
            action: Action::WriteCase,
            relation: Relation::OwnHospital,
            organisation: Some(hospital),
            purpose: Purpose::Registration,
            case: None,
        };
        match Rights::ours().decide(&actor, &asked, local_day(at)) {
            Some(permit) => Ok((actor, permit)),
            None => Err(Failure(LocalizedText::new(
                format!("「{}」は施設 {hospital} の症例に入力できません。", self.by),
                format!("\"{}\" may not write the cases of the hospital {hospital}.", self.by),
            ))),
        }
    }

    fn tell(&self, outcome: &Outcome) -> Result<ExitCode, Failure> {
        let is_refused = has_error(&outcome.problems);
        let mut out = crate::outcome::out();
        let told = match self.format {
            Format::Json => serde_json::to_writer_pretty(&mut out, outcome)
                .map_err(io::Error::from)
                .and_then(|()| writeln!(out)),
            Format::Text => show::problems(&mut out, &outcome.problems, self.lang)
                .and_then(|()| writeln!(out, "{}", sentence(outcome, is_refused).get(self.lang))),
        };
        told.map_err(|error| {
            Failure::system("結果を書けません", "The outcome cannot be written", &error)
        })?;
        Ok(if is_refused { ExitCode::from(REFUSED) } else { ExitCode::SUCCESS })
    }
}

fn sentence(outcome: &Outcome, is_refused: bool) -> LocalizedText {
    let Outcome { cases, filling, same, contradicting, settled, .. } = outcome;
    let counts = LocalizedText::new(
        format!(
            "症例{cases}件: 新しい値{filling}、同じ値{same}、食い違う値{contradicting}、以前に選ばなかった値{settled}"
        ),
        format!(
            "{cases} cases: {filling} new values, {same} the same, {contradicting} contradicting, {settled} not \
             chosen before"
        ),
    );
    let (ja, en) = match (is_refused, outcome.entered) {
        (true, _) => {
            ("誤りがあるため、何も書いていません。", "There are errors: nothing was written.")
        }
        (false, true) => ("記入しました。", "Entered."),
        (false, false) => (
            "まだ何も書いていません。書くには --confirm を付けてください。",
            "Nothing is written yet: add --confirm.",
        ),
    };
    LocalizedText::new(format!("{}。{ja}", counts.ja), format!("{}. {en}", counts.en))
}

impl Outcome {
    fn add(&mut self, compared: &Compared) {
        let Compared::Own(case) = compared else { return };
        self.cases += 1;
        self.filling += case.filling();
        self.same += case.same;
        self.contradicting += case.contradicting();
        self.settled += case.settled;
    }
}

fn incomparable(error: &PlanError) -> Failure {
    Failure::system("照らし合わせられません", "The file cannot be compared", error)
}

/// Enters what the file says, some cases in each transaction; broken off and run again, it enters the rest.
async fn enter_all(
    store: &Store,
    file: &PortalCases<File>,
    by: (PersonId, &Entry),
    hospital: &OrganisationCode,
    at: DateTime<Utc>,
) -> Result<(), Failure> {
    let mut comparing = Comparing::new(store, file, hospital, at);
    let mut cases: Vec<CasePlan> = Vec::with_capacity(BATCH_CASES);
    loop {
        let compared = comparing.compare_next().await.map_err(|error| incomparable(&error))?;
        let is_last = compared.is_none();
        match compared {
            Some(Compared::Own(case)) if !case.entries.is_empty() => cases.push(case),
            _ => {}
        }
        if cases.len() == BATCH_CASES || (is_last && !cases.is_empty()) {
            enter(store, &cases, by, hospital, at).await?;
            cases.clear();
        }
        if is_last {
            return Ok(());
        }
    }
}
