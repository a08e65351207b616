//! Problems of reference sequence, assembly and position.

use model::{
    genome::Assembly,
    problem::{Place, Problem},
    text::LocalizedText,
};

use super::{both, quoted};

/// Place of the reference release of every version.
const GENOME: &str = "/metaData/referenceGenome";

pub(in super::super) fn assembly_unknown(release: &str) -> Problem {
    Problem::warning(
        "cats.assembly.unknown",
        Place::pointer(GENOME),
        both(
            format!("参照ゲノム「{}」はGRCh37でもGRCh38でもありません。", quoted(release)),
            format!("The reference genome \"{}\" is neither GRCh37 nor GRCh38.", quoted(release)),
        ),
        LocalizedText::of("grcReleaseを確かめてください。", "Check grcRelease."),
    )
}

pub(in super::super) fn not_lifted() -> Problem {
    Problem::note(
        "cats.assembly.not_lifted",
        Place::pointer(GENOME),
        LocalizedText::of(
            "位置はGRCh37のままです。GRCh38には変換していません。",
            "Positions stay in GRCh37; they were not lifted to GRCh38.",
        ),
        LocalizedText::of(
            "変換するには、--chainでUCSCのチェインファイル（hg19ToHg38）を指定してください。",
            "To lift them, give a UCSC chain file (hg19ToHg38) with --chain.",
        ),
    )
}

pub(in super::super) fn chromosome_unknown(pointer: String, name: &str) -> Problem {
    Problem::warning(
        "cats.chromosome.unknown",
        Place::pointer(pointer),
        both(
            format!("染色体「{}」は1〜22、X、Y、MTのいずれでもありません。", quoted(name)),
            format!("The chromosome \"{}\" is none of 1 to 22, X, Y and MT.", quoted(name)),
        ),
        LocalizedText::of("染色体名を確かめてください。", "Check the name of the chromosome."),
    )
}

pub(in super::super) fn beyond_chromosome(
    pointer: String,
    position: u64,
    length: u64,
    assembly: Assembly,
) -> Problem {
    Problem::warning(
        "cats.position.beyond_chromosome",
        Place::pointer(pointer),
        both(
            format!("位置{position}が{assembly}の染色体の長さ（{length}）を超えています。"),
            format!(
                "Position {position} lies beyond the chromosome's end in {assembly} ({length})."
            ),
        ),
        LocalizedText::of(
            "染色体、位置、参照ゲノムを確かめてください。",
            "Check chromosome, position and reference genome.",
        ),
    )
}

pub(in super::super) fn reference_not_checked() -> Problem {
    Problem::note(
        "cats.reference.not_checked",
        Place::file(),
        LocalizedText::of(
            "参照アレルは参照配列と照合していません。",
            "Reference alleles were not compared with the reference sequence.",
        ),
        LocalizedText::of(
            "照合するには、--referenceで索引付きのFASTAを指定してください。",
            "To compare them, give an indexed FASTA with --reference.",
        ),
    )
}

pub(in super::super) fn reference_of_other_assembly(
    of_file: Option<Assembly>,
    of_fasta: Assembly,
) -> Problem {
    let (ja, en) = match of_file {
        Some(assembly) => (assembly.to_string(), assembly.to_string()),
        None => (String::from("不明"), String::from("unknown")),
    };
    Problem::error(
        "cats.reference.wrong_assembly",
        Place::pointer(GENOME),
        both(
            format!(
                "ファイルの参照ゲノムは{ja}ですが、指定されたFASTAは{of_fasta}です。照合できません。"
            ),
            format!(
                "The file's reference genome is {en}, but the FASTA given is {of_fasta}: nothing was compared."
            ),
        ),
        LocalizedText::of(
            "ファイルと同じ参照ゲノムのFASTAを--referenceで指定してください。GRCh37のファイルは--chainも使えます。",
            "Give a FASTA of the file's own assembly with --reference; for GRCh37, --chain can help too.",
        ),
    )
}

pub(in super::super) fn reference_differs(
    pointer: String,
    written: &str,
    found: &str,
    place: &str,
) -> Problem {
    Problem::error(
        "cats.reference.mismatch",
        Place::pointer(pointer),
        both(
            format!(
                "参照アレル「{}」が参照配列と違います。{place}の配列は「{}」です。",
                quoted(written),
                quoted(found)
            ),
            format!(
                "The reference allele \"{}\" differs from the reference sequence, which has \"{}\" at {place}.",
                quoted(written),
                quoted(found)
            ),
        ),
        LocalizedText::of(
            "参照ゲノムの版、位置（1から数える）、鎖の向きを確かめてください。",
            "Check the assembly, the position (counted from 1) and the strand.",
        ),
    )
}

pub(in super::super) fn reference_unreadable(pointer: String, reason: &str) -> Problem {
    Problem::error(
        "cats.reference.unreadable",
        Place::pointer(pointer),
        both(
            format!("参照配列を読めないため照合できません（{}）。", quoted(reason)),
            format!("The reference sequence could not be read there ({}).", quoted(reason)),
        ),
        LocalizedText::of(
            "FASTAとその索引がそろっているか、染色体名と位置が正しいかを確かめてください。",
            "Check that the FASTA and its index belong together, and chromosome and position.",
        ),
    )
}
