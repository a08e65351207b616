//! Short variants to VCF 4.2, somatic and germline apart.

use std::fmt::Write;

use super::{
    OutputFile, Work,
    contigs::main_contigs,
    item::{Molecule, Origin, contig_name},
    problems,
};
use crate::cats::document::{ShortVariant, TestInfo};

pub(super) fn files(work: &mut Work<'_>) -> [OutputFile; 2] {
    let main;
    let contigs = match work.helpers.contigs {
        Some(contigs) => contigs,
        None => {
            main = main_contigs();
            &main
        }
    };
    let mut header = header_start();
    for contig in contigs {
        // Writing to a string cannot fail.
        let _ = writeln!(header, "##contig=<ID={},length={}>", contig.name, contig.length);
    }
    let reference = work.helpers.reference_name.unwrap_or("GRCh38");
    let _ = writeln!(header, "##reference={}", header_text(reference));
    let _ = writeln!(header, "##source=<\"{}\">", source(&work.document.test_info));
    header.push_str("#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n");

    let ranks: std::collections::HashMap<&str, usize> =
        contigs.iter().enumerate().map(|(rank, contig)| (contig.name.as_str(), rank)).collect();
    [
        (Origin::Somatic, "short_variant_somatic.vcf"),
        (Origin::Germline, "short_variant_germline.vcf"),
    ]
    .map(|(origin, name)| {
        let mut records = records(work, origin);
        // The order of the reference; contigs that it does not name come last, by name.
        records.sort_by(|a, b| {
            let rank = |record: &Record| ranks.get(record.contig.as_str()).copied();
            let place = |record: &Record| (rank(record).is_none(), rank(record));
            place(a)
                .cmp(&place(b))
                .then_with(|| a.contig.cmp(&b.contig))
                .then_with(|| a.position.cmp(&b.position))
        });
        let mut text = header.clone();
        for record in &records {
            text.push_str(&record.line);
        }
        OutputFile { name, bytes: text.into_bytes() }
    })
}

struct Record {
    contig: String,
    position: u64,
    line: String,
}

fn records(work: &mut Work<'_>, origin: Origin) -> Vec<Record> {
    let document = work.document;
    let mut records = Vec::new();
    for (index, variant) in document.short_variants().iter().enumerate() {
        let sample = variant.sample_item_id.as_deref();
        let of = Origin::of(document, variant.variant_origin.as_deref(), sample);
        if !variant.reported || of != origin {
            continue;
        }
        let pointer = |member: &str| format!("/variants/shortVariants/{index}/{member}");
        let Some(position) = variant.position.as_u64().filter(|position| *position > 0) else {
            work.problems.push(problems::left_out(pointer("position"), "position"));
            continue;
        };
        let alleles = [&variant.reference_allele, &variant.alternate_allele];
        if !alleles.iter().all(|allele| is_allele(allele)) {
            work.problems.push(problems::left_out(pointer("alternateAllele"), "allele"));
            continue;
        }
        let contig = contig_name(&variant.chromosome);
        if !contig.bytes().all(|byte| byte.is_ascii_graphic() && byte != b',') {
            work.problems.push(problems::left_out(pointer("chromosome"), "chromosome"));
            continue;
        }
        let molecule = Molecule::of(document, sample, variant.test_method.as_deref());
        let key = format!(
            "{}_{}_{}_{position}_{}_{}",
            molecule.name(),
            origin.name(),
            variant.chromosome,
            variant.reference_allele,
            variant.alternate_allele
        );
        work.map.add(key, &variant.item_id);
        let line = format!(
            "{contig}\t{position}\t.\t{}\t{}\t.\t.\t{}\n",
            variant.reference_allele,
            variant.alternate_allele,
            info(variant)
        );
        records.push(Record { contig, position, line });
    }
    records
}

/// Returns the INFO field: frequency, depth and representative transcript, as far as they are said.
fn info(variant: &ShortVariant) -> String {
    let mut parts = vec![format!("AF={}", variant.alternate_allele_frequency)];
    if let Some(depth) = variant.total_read_depth {
        parts.push(format!("DP={depth}"));
    }
    let transcript = variant.transcripts.first().and_then(|first| first.transcript_id.text());
    if let Some(transcript) = transcript.filter(|transcript| !transcript.is_empty()) {
        parts.push(format!("TRANSCRIPT={}", info_text(transcript)));
    }
    parts.join(";")
}

fn header_start() -> String {
    [
        "##fileformat=VCFv4.2\n",
        "##INFO=<ID=AF,Number=A,Type=Float,Description=\"Allele Frequency\">\n",
        "##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Total Depth\">\n",
        "##INFO=<ID=TRANSCRIPT,Number=.,Type=String,",
        "Description=\"Representative transcript id of this mutation\">\n",
    ]
    .concat()
}

fn source(test: &TestInfo) -> String {
    format!(
        "testId={},testType={},panelName={},panelVersion={}",
        header_text(&test.test_id),
        header_text(&test.test_type),
        header_text(&test.panel_name),
        header_text(&test.panel_version)
    )
}

/// Returns text that cannot end a header line or its quotes.
fn header_text(text: &str) -> String {
    text.chars().map(|c| if c.is_control() || c == '"' { ' ' } else { c }).collect()
}

/// Escapes what separates values in INFO. Source: VCF 4.3, section 1.2.
fn info_text(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ';' | '=' | '%' | ',' | ':' | ' ' => {
                let _ = write!(escaped, "%{:02X}", u32::from(c));
            }
            c if c.is_control() => {
                let _ = write!(escaped, "%{:02X}", u32::from(c));
            }
            c => escaped.push(c),
        }
    }
    escaped
}

fn is_allele(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| matches!(byte.to_ascii_uppercase(), b'A' | b'C' | b'G' | b'T' | b'N'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_break_a_line() {
        assert_eq!(info_text("NM_1.2;x\ty"), "NM_1.2%3Bx%09y");
        assert_eq!(header_text("a\"b\nc"), "a b c");
        assert!(!is_allele("") && !is_allele("A\t") && !is_allele("<DEL>") && is_allele("acgtn"));
    }
}
