//! One line of a VCF.

use super::problems;
use model::{alteration::VariantOrigin, problem::Problem};

use super::sample::Values;

/// A line's fixed fields, its FORMAT and its samples.
pub(super) struct Record<'a> {
    pub(super) line: u64,
    pub(super) chromosome: &'a str,
    pub(super) position: u64,
    pub(super) id: &'a str,
    pub(super) reference: &'a str,
    pub(super) alternates: Vec<&'a str>,
    pub(super) filter: &'a str,
    pub(super) info: Values<'a>,
    pub(super) format: Option<&'a str>,
    rest: Option<&'a str>,
}

impl<'a> Record<'a> {
    /// Splits a line.
    pub(super) fn of(
        line: u64,
        text: &'a str,
        max_alternates: usize,
    ) -> Result<Self, Box<Problem>> {
        let mut fields = text.splitn(10, '\t');
        let mut found = 0_usize;
        let mut next = || {
            let field = fields.next();
            found = found.saturating_add(usize::from(field.is_some()));
            field.unwrap_or_default()
        };
        let (chromosome, position, id, reference) = (next(), next(), next(), next());
        let (alternates, _quality, filter, info) = (next(), next(), next(), next());
        if found < 8 {
            return Err(Box::new(problems::too_few_fields(line, found)));
        }
        let (format, rest) = (fields.next(), fields.next());
        let number = position.parse::<u64>().ok().filter(|number| *number > 0);
        let position = number.ok_or_else(|| Box::new(problems::not_a_position(line, position)))?;
        if chromosome.is_empty() || !is_reference(reference) {
            return Err(Box::new(problems::not_an_allele(line, 4, reference)));
        }
        let count = alternates.split(',').count();
        if count > max_alternates {
            return Err(Box::new(problems::too_many_alternates(line, count, max_alternates)));
        }
        Ok(Self {
            line,
            chromosome,
            position,
            id,
            reference,
            alternates: alternates.split(',').collect(),
            filter,
            info: Values::of_info(info),
            format,
            rest,
        })
    }

    /// Returns what a sample's column says.
    pub(super) fn sample(&self, index: usize) -> Option<Values<'a>> {
        let text = self.rest?.split('\t').nth(index)?;
        Some(Values::of_sample(self.format?, text))
    }

    /// Returns the origin that the caller says.
    pub(super) fn origin(&self, sample: Option<&Values<'_>>) -> Option<VariantOrigin> {
        match self.info.get("STATUS") {
            Some("Germline") => return Some(VariantOrigin::Germline),
            Some("StrongSomatic") => return Some(VariantOrigin::Somatic),
            Some("LikelySomatic") => return Some(VariantOrigin::LikelySomatic),
            _ => {}
        }
        match (self.info.has("SOMATIC"), self.info.has("GERMLINE")) {
            (true, false) => return Some(VariantOrigin::Somatic),
            (false, true) => return Some(VariantOrigin::Germline),
            _ => {}
        }
        // Somatic status of the tumour: 1 germline, 2 somatic.
        let status = sample.and_then(|values| values.get("SS")).or_else(|| self.info.get("SS"));
        match status {
            Some("1") => Some(VariantOrigin::Germline),
            Some("2") => Some(VariantOrigin::Somatic),
            _ => None,
        }
    }
}

/// Returns whether text is a base sequence.
pub(super) fn is_bases(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| matches!(byte.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T' | b'N'))
}

/// A reference may also hold the codes for several bases, which some assemblies have.
fn is_reference(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| b"ACGTNRYKMSWBDHVacgtnrykmswbdhv".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_a_line_and_refuses_what_is_none() {
        let record = Record::of(1, "1\t5\t.\tA\tC,G\t.\tPASS\tSS=2\tGT\t0/1\t0/0", 9).ok().unwrap();
        assert_eq!(record.alternates, ["C", "G"]);
        assert_eq!(record.sample(1).unwrap().get("GT"), Some("0/0"));
        assert_eq!(record.origin(None), Some(VariantOrigin::Somatic));
        assert!(record.sample(2).is_none());
        for text in [
            "",
            "1\t5\t.\tA\tC",
            "1\t0\t.\tA\tC\t.\t.\t.",
            "1\t5\t.\t?\tC\t.\t.\t.",
            "1\t5\t.\tA\tC,C,C\t.\t.\t.",
        ] {
            assert!(Record::of(1, text, 2).is_err(), "{text}");
        }
    }
}
