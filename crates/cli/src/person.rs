//! `tsumugi person`: the people of a site, from its console. The first administrator is made here.

use std::process::ExitCode;

use access::{
    Actor, Membership, Role,
    secret::{SECRET_BYTES, Secret},
};
use chrono::{NaiveDate, TimeDelta};
use model::{identity::PersonId, organisation::OrganisationCode, text::LocalizedText};
use store::{NewPerson, PeopleFilter, RecordedMembership, Store, identifier_v7};

use crate::record::{DEFAULT_RECORD, Failure, finish, now, open_existing, runtime};

/// How long a one-time link holds.
const LINK_LASTS: TimeDelta = TimeDelta::days(2);

/// Calls of `tsumugi person`.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Person {
    /// Record a person with a first role, and print a one-time link.
    Add {
        /// What the person types to sign in; it cannot be changed later.
        sign_in_name: String,
        /// Name as colleagues see it.
        #[arg(long)]
        name: String,
        /// The role, such as physician, coordinator, administrator or site-administrator.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Code of the organisation in which the role is held.
        #[arg(long, value_name = "CODE")]
        organisation: String,
        /// First day of the role; today unless told otherwise
        #[arg(long, value_name = "DAY")]
        from: Option<NaiveDate>,
        /// Last day of the role
        #[arg(long, value_name = "DAY")]
        until: Option<NaiveDate>,
        /// The record: sqlite:FILE or postgres://…
        #[arg(long, value_name = "URL", default_value = DEFAULT_RECORD)]
        db: String,
    },
    /// List the people and their roles.
    List {
        /// The record: sqlite:FILE or postgres://…
        #[arg(long, value_name = "URL", default_value = DEFAULT_RECORD)]
        db: String,
    },
    /// Print a one-time link with which a person chooses another password and sets up the second factor anew.
    ///
    /// Every session of the person ends.
    Reset {
        /// What the person types to sign in.
        sign_in_name: String,
        /// The record: sqlite:FILE or postgres://…
        #[arg(long, value_name = "URL", default_value = DEFAULT_RECORD)]
        db: String,
    },
}

fn role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| {
        let codes: Vec<_> = Role::ALL.iter().map(|role| role.code()).collect();
        format!("one of {}", codes.join(", "))
    })
}

impl Person {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<ExitCode> {
        let outcome = match self {
            Self::Add { sign_in_name, name, role, organisation, from, until, db } => {
                let organisation = OrganisationCode::new(&organisation);
                let from = from.unwrap_or(now().date_naive());
                let membership = Membership { organisation, role, from, until };
                add(&db, sign_in_name, name, membership)
            }
            Self::List { db } => list(&db),
            Self::Reset { sign_in_name, db } => reset(&db, &sign_in_name),
        };
        Ok(finish(outcome))
    }
}

fn add(
    url: &str,
    sign_in_name: String,
    name: String,
    membership: Membership,
) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let store = open_existing(url).await?;
        let at = now();
        let person = PersonId(new_id(&sign_in_name));
        let new = NewPerson { id: person, sign_in_name, name, synthetic: false };
        let recorded = RecordedMembership { id: new_id("role"), person, membership };
        let mut batch = store.begin().await?;
        if !batch.add_person(&new, None, at).await? {
            return Err(Failure(LocalizedText::of(
                "この利用者名はすでに使われています。",
                "This sign-in name is taken.",
            )));
        }
        batch.add_membership(&recorded, None, at).await?;
        batch.commit().await?;
        invite(&store, person).await?;
        store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

fn list(url: &str) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let store = open_existing(url).await?;
        let today = now().date_naive();
        for (person, roles) in store.people(&PeopleFilter::default()).await? {
            let state = if person.active { "利用中 active" } else { "停止中 stopped" };
            println!("{}\t{}\t{state}", person.sign_in_name, person.name);
            for role in roles.iter().map(|each| &each.membership) {
                let holds =
                    if role.holds_on(today) { "" } else { "\t(今は無効 does not hold today)" };
                println!("\t{}\t{}\t{}{holds}", role.role, role.organisation, role.from);
            }
        }
        store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

fn reset(url: &str, sign_in_name: &str) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let store = open_existing(url).await?;
        let found = store.person_by_sign_in_name(sign_in_name).await?;
        let person = found.ok_or(Failure(LocalizedText::of(
            "この利用者名の人はいません。",
            "Nobody has this sign-in name.",
        )))?;
        let mut batch = store.begin().await?;
        batch.forget_totp(person.id).await?;
        batch.replace_recovery_codes(person.id, &[]).await?;
        batch.end_sessions_of(person.id, None).await?;
        batch.commit().await?;
        invite(&store, person.id).await?;
        store.close().await;
        Ok(ExitCode::SUCCESS)
    })
}

/// Makes a one-time link and prints it; the record keeps its digest alone.
async fn invite(store: &Store, person: PersonId) -> Result<(), Failure> {
    let secret = Secret::of_random(random());
    let at = now();
    let mut batch = store.begin().await?;
    batch.invite(person, &secret.digest(), None, at, at + LINK_LASTS).await?;
    batch.commit().await?;
    println!(
        "サーバーの住所に続けて、2 日以内に一度だけ開けます。 Open it once within 2 days, after the server's address:\n\
         /invitation/{}",
        secret.text()
    );
    Ok(())
}

/// Returns the person of a sign-in name, who acts by a command.
///
/// Errors: there is nobody of the name, or they were stopped.
pub(crate) async fn actor_named(store: &Store, sign_in_name: &str) -> Result<Actor, Failure> {
    let person = store.person_by_sign_in_name(sign_in_name).await?;
    let Some(person) = person.filter(|person| person.active) else {
        return Err(Failure(LocalizedText::new(
            format!("利用者「{sign_in_name}」はいません。"),
            format!("There is nobody with the sign-in name \"{sign_in_name}\"."),
        )));
    };
    let memberships = store.memberships_of(person.id).await?;
    Ok(Actor {
        person: person.id,
        name: person.name,
        memberships: memberships.into_iter().map(|each| each.membership).collect(),
        second_factor: false,
    })
}

fn random() -> [u8; SECRET_BYTES] {
    let mut bytes = [0; SECRET_BYTES];
    server::random_of_system()(&mut bytes);
    bytes
}

fn new_id(of: &str) -> uuid::Uuid {
    identifier_v7(now(), &[of, Secret::of_random(random()).text()])
}
