//! The header: annotations, assembly and samples.

use model::genome::Assembly;

use super::{annotation::Annotator, assembly};

/// What of the header matters here.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// Annotations, in the order of the header.
    pub(super) annotators: Vec<Annotator>,
    by_annotator: Option<Assembly>,
    by_length: Option<Assembly>,
    by_contig_name: Option<Assembly>,
    by_reference: Option<Assembly>,
    /// Samples that the header calls tumour.
    pub(super) tumours: Vec<String>,
    /// Samples that the header calls normal.
    pub(super) normals: Vec<String>,
    /// Sample columns.
    pub(super) samples: Vec<String>,
}

/// Most annotators kept.
const MAX_ANNOTATORS: usize = 8;

/// Most samples named in meta lines.
const MAX_NAMED_SAMPLES: usize = 10_000;

impl Header {
    /// Returns the assembly: chromosome lengths say it best, then the annotator, then names.
    pub(super) fn assembly(&self) -> Option<Assembly> {
        self.by_length.or(self.by_annotator).or(self.by_contig_name).or(self.by_reference)
    }

    /// Takes one `##` line.
    pub(super) fn meta(&mut self, line: &str) {
        let Some((key, value)) = line.trim_start_matches('#').split_once('=') else { return };
        match key {
            "INFO" => self.info(value),
            "contig" => self.contig(value),
            "reference" => self.by_reference = self.by_reference.or(assembly::by_name(value)),
            "VEP" => {
                let named = value.split_once("assembly=\"").map(|(_, after)| after);
                let named = named.and_then(|after| after.split('"').next());
                self.by_annotator = self.by_annotator.or(named.and_then(|name| name.parse().ok()));
            }
            "tumor_sample" => push(&mut self.tumours, value),
            "normal_sample" => push(&mut self.normals, value),
            "SAMPLE" => self.sample(value),
            _ => {}
        }
    }

    fn info(&mut self, value: &str) {
        let attributes = attributes(value);
        let (Some(id), Some(description)) =
            (get(&attributes, "ID"), get(&attributes, "Description"))
        else {
            return;
        };
        if self.annotators.len() < MAX_ANNOTATORS {
            self.annotators.extend(Annotator::of(id, description));
        }
    }

    fn contig(&mut self, value: &str) {
        let attributes = attributes(value);
        let length = get(&attributes, "length").and_then(|text| text.parse().ok());
        if let (Some(id), Some(length)) = (get(&attributes, "ID"), length) {
            self.by_length = self.by_length.or(assembly::by_length(id, length));
        }
        if let Some(name) = get(&attributes, "assembly") {
            self.by_contig_name = self.by_contig_name.or(assembly::by_name(name));
        }
    }

    fn sample(&mut self, value: &str) {
        let attributes = attributes(value);
        let Some(id) = get(&attributes, "ID") else { return };
        match get(&attributes, "Genomes") {
            Some("Tumor" | "Tumour") => push(&mut self.tumours, id),
            Some("Germline" | "Normal") => push(&mut self.normals, id),
            _ => {}
        }
    }
}

fn push(names: &mut Vec<String>, name: &str) {
    let name = name.trim();
    if !name.is_empty() && names.len() < MAX_NAMED_SAMPLES && !names.iter().any(|n| n == name) {
        names.push(name.to_owned());
    }
}

/// Most attributes read of one line.
const MAX_ATTRIBUTES: usize = 64;

/// Splits `<ID=DP,Description="a, b">` into names and values; quotes are taken off.
fn attributes(value: &str) -> Vec<(&str, &str)> {
    let body = value.trim().trim_start_matches('<').trim_end_matches('>');
    let mut attributes = Vec::new();
    let mut rest = body;
    while let Some((name, after)) = rest.split_once('=') {
        if attributes.len() >= MAX_ATTRIBUTES {
            break;
        }
        let (value, remaining) = match after.strip_prefix('"') {
            Some(quoted) => {
                let end = closing_quote(quoted);
                let value = quoted.get(..end).unwrap_or_default();
                let after = quoted.get(end..).unwrap_or_default();
                (value, after.trim_start_matches(['"', ',']))
            }
            None => after.split_once(',').unwrap_or((after, "")),
        };
        attributes.push((name.trim(), value));
        rest = remaining;
    }
    attributes
}

/// Returns where the first quote is that no backslash precedes.
fn closing_quote(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\\' => escaped = !escaped,
            '"' if !escaped => return at,
            _ => escaped = false,
        }
    }
    text.len()
}

fn get<'a>(attributes: &[(&'a str, &'a str)], name: &str) -> Option<&'a str> {
    attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_attributes_outside_quotes() {
        assert_eq!(
            attributes("<ID=DP,Description=\"a, \\\"b\\\"=c\",Number=1>"),
            [("ID", "DP"), ("Description", "a, \\\"b\\\"=c"), ("Number", "1")]
        );
        assert_eq!(attributes("<ID=\"x"), [("ID", "x")]);
        assert!(attributes("").is_empty());
    }

    #[test]
    fn learns_assembly_and_samples() {
        let mut header = Header::default();
        header.meta("##reference=/x/hg19.fa");
        assert_eq!(header.assembly(), Some(Assembly::Grch37));
        header.meta("##contig=<ID=chr1,length=248956422>");
        assert_eq!(header.assembly(), Some(Assembly::Grch38));
        header.meta("##tumor_sample=T");
        header.meta("##SAMPLE=<ID=N,Genomes=Germline>");
        assert_eq!((header.tumours, header.normals), (vec!["T".to_owned()], vec!["N".to_owned()]));
    }
}
