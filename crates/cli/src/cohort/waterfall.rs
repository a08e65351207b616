//! `tsumugi cohort waterfall`.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use research::{
    answer::WaterfallAnswer,
    cohort::{ChangeClass, Response, Word as _},
};
use serde_json::Value;

use super::{Asked, Found, unwritten};
use crate::{
    outcome::Format,
    record::{Failure, Knowledge},
};

/// Arguments of `tsumugi cohort waterfall`.
#[derive(Debug, clap::Args)]
pub(crate) struct Waterfall {
    #[command(flatten)]
    asked: Asked,
}

impl Waterfall {
    /// Runs the command.
    pub(super) fn run(self) -> Result<ExitCode, Failure> {
        let release = Knowledge::open(self.asked.knowledge.as_ref())?.into_static();
        let found = match self.asked.find(release)? {
            Ok(found) => found,
            Err(problems) => return self.asked.refuse(&problems),
        };
        let answer = WaterfallAnswer::of(&found.searched.view, &found.cases);
        self.asked.keep(&found, &[("waterfall", answer.to_table())], release)?;
        match self.asked.format {
            Format::Json => {
                let mut outcome = found.to_json();
                outcome.extend(answer.to_json());
                self.asked.print_json(&Value::Object(outcome))?;
            }
            Format::Text => {
                let mut out = io::stdout().lock();
                text(&mut out, &self.asked, &found, &answer).map_err(unwritten)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn text(
    out: &mut impl Write,
    asked: &Asked,
    found: &Found,
    answer: &WaterfallAnswer,
) -> io::Result<()> {
    found.head(asked, out)?;
    let (measured, known) = (answer.measured.len(), asked.say("測定あり", "Measured"));
    writeln!(out, "{known}: {measured} / {}", answer.cases)?;
    let Some(median) = answer.median_percent() else { return Ok(()) };
    writeln!(out, "{}: {median:+.1} %", asked.say("変化率の中央値", "Median change"))?;
    for class in ChangeClass::ALL {
        let name = match class {
            ChangeClass::Growth => asked.say("+20 % 以上", "+20 % or more"),
            ChangeClass::Between => asked.say("-30 % と +20 % の間", "Between -30 % and +20 %"),
            ChangeClass::Shrinkage => asked.say("-30 % 以下", "-30 % or less"),
        };
        writeln!(out, "{name}: {}", answer.count(class, None))?;
    }
    let head = asked.say("症例\t変化率(%)\t最良効果", "case\tchange (%)\tbest response");
    writeln!(out, "\n{head}")?;
    for own in &answer.measured {
        let response = own.change.response.map_or(asked.say("不明", "unknown"), Response::code);
        writeln!(out, "{}\t{:+.1}\t{response}", own.id, own.change.percent())?;
    }
    Ok(())
}
