//! `tsumugi cohort waterfall`.

use std::io::{self, Write};

use knowledge::Release;
use research::{
    answer::WaterfallAnswer,
    cohort::{ChangeClass, Response, Word as _},
};
use serde_json::{Map, Value};
use table::Table;

use super::{Answering, Asked, Found, Unanswered};

/// Arguments of `tsumugi cohort waterfall`.
#[derive(Debug, clap::Args)]
pub(crate) struct Waterfall {
    #[command(flatten)]
    asked: Asked,
}

impl Answering for Waterfall {
    type Answer = WaterfallAnswer;

    fn asked(&self) -> &Asked {
        &self.asked
    }

    fn answer(&self, found: &Found, _: &'static Release) -> Result<Self::Answer, Unanswered> {
        Ok(WaterfallAnswer::of(&found.searched.view, &found.cases))
    }

    fn tables(&self, answer: &Self::Answer) -> Vec<(&'static str, Table)> {
        vec![("waterfall", answer.to_table())]
    }

    fn add_json(&self, answer: &Self::Answer, outcome: &mut Map<String, Value>) {
        outcome.extend(answer.to_json());
    }

    fn write(&self, out: &mut impl Write, _: &Found, answer: &Self::Answer) -> io::Result<()> {
        let asked = &self.asked;
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
}
