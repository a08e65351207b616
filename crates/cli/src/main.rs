//! The one binary, `tsumugi`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Says a line; unlike the standard one it stops nothing where nobody reads.
macro_rules! println {
    ($($words:tt)*) => { $crate::outcome::say(format_args!($($words)*)) };
}
/// The same beside what a command is asked for: progress and failures.
macro_rules! eprintln {
    ($($words:tt)*) => { $crate::outcome::say_aside(format_args!($($words)*)) };
}

mod audit;
mod backup;
mod case_record;
mod cats;
mod cohort;
mod config;
mod db;
mod demo;
mod genome_files;
mod import;
mod ingest;
mod knowledge;
mod listen;
mod logs;
mod outcome;
mod person;
mod portal;
mod programme;
mod reannotate;
mod record;
mod report;
mod restore;
mod serve;
mod vault;

/// Information system of a cancer genomic medicine programme.
#[derive(Debug, Parser)]
#[command(name = "tsumugi", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a synthetic nation and serve its pages.
    Demo(demo::Demo),
    /// Serve a site's pages as its configuration file says.
    Serve(serve::Serve),
    /// Validate, upgrade and convert CATS files, the national result format.
    #[command(subcommand)]
    Cats(cats::Cats),
    /// Check and rewrite the portal's CSV files, and make an example of one.
    #[command(subcommand)]
    Portal(portal::Portal),
    /// Make a findings report of one result.
    Report(report::Report),
    /// Build, show and compare knowledge releases.
    #[command(subcommand)]
    Knowledge(knowledge::Knowledge),
    /// Take a folder of results into the record.
    Ingest(ingest::Ingest),
    /// Bring a historical cohort in as a collection, which is searched beside registered cases.
    #[command(subcommand)]
    Import(import::Import),
    /// Enter files into the clinical records of registered cases.
    #[command(subcommand)]
    Record(case_record::CaseRecord),
    /// Count a cohort, compare its survival, and find genes altered together.
    #[command(subcommand)]
    Cohort(cohort::Cohort),
    /// Add reports of a knowledge release to the record; no report is ever changed.
    Reannotate(reannotate::Reannotate),
    /// Put everything of a record into one file, while the site goes on.
    Backup(backup::Backup),
    /// Make a record of a backup, on either engine.
    Restore(restore::Restore),
    /// Read the programme registry from CSV tables, or write it.
    #[command(subcommand)]
    Programme(programme::Programme),
    /// Add, list and reset the people of a site.
    #[command(subcommand)]
    Person(person::Person),
    /// Migrate, check and copy the record.
    #[command(subcommand)]
    Db(db::Db),
    /// Show, change and retire the keys that seal who patients are.
    #[command(subcommand)]
    Vault(vault::Vault),
    /// Verify, prove and export the audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
}

fn main() -> anyhow::Result<ExitCode> {
    let command = Arguments::parse().command;
    // A site's log is as its configuration says.
    if !matches!(command, Command::Serve(_)) {
        logs::begin_for_command();
    }
    let code = match command {
        Command::Serve(serve) => serve.run(),
        Command::Demo(demo) => demo.run(),
        Command::Cats(cats) => cats.run(),
        Command::Portal(portal) => portal.run(),
        Command::Report(report) => report.run(),
        Command::Knowledge(knowledge) => knowledge.run(),
        Command::Ingest(ingest) => ingest.run(),
        Command::Import(import) => import.run(),
        Command::Record(record) => record.run(),
        Command::Cohort(cohort) => cohort.run(),
        Command::Reannotate(reannotate) => reannotate.run(),
        Command::Backup(backup) => backup.run(),
        Command::Restore(restore) => restore.run(),
        Command::Programme(programme) => programme.run(),
        Command::Person(person) => person.run(),
        Command::Db(db) => db.run(),
        Command::Vault(vault) => vault.run(),
        Command::Audit(audit) => audit.run(),
    };
    code.map(outcome::ended)
}
