//! The one binary, `tsumugi`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod audit;
mod cats;
mod db;
mod demo;
mod genome_files;
mod ingest;
mod knowledge;
mod reannotate;
mod record;
mod report;

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
    /// Validate, upgrade and convert CATS files, the national result format.
    #[command(subcommand)]
    Cats(cats::Cats),
    /// Make a findings report of one result.
    Report(report::Report),
    /// Build, show and compare knowledge releases.
    #[command(subcommand)]
    Knowledge(knowledge::Knowledge),
    /// Take a folder of results into the record.
    Ingest(ingest::Ingest),
    /// Add reports of a knowledge release to the record; no report is ever changed.
    Reannotate(reannotate::Reannotate),
    /// Migrate, check and copy the record.
    #[command(subcommand)]
    Db(db::Db),
    /// Verify, prove and export the audit log.
    #[command(subcommand)]
    Audit(audit::Audit),
}

fn main() -> anyhow::Result<ExitCode> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env()
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .with_writer(std::io::stderr)
        .init();
    match Arguments::parse().command {
        Command::Demo(demo) => demo.run(),
        Command::Cats(cats) => cats.run(),
        Command::Report(report) => report.run(),
        Command::Knowledge(knowledge) => knowledge.run(),
        Command::Ingest(ingest) => ingest.run(),
        Command::Reannotate(reannotate) => reannotate.run(),
        Command::Db(db) => db.run(),
        Command::Audit(audit) => audit.run(),
    }
}
