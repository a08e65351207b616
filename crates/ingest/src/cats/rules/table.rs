//! The rules themselves.
//!
//! `need` and `may` say whether a member must be there, `since` and `until` in which versions.

use super::{Form, List, Member, Pattern, Presence, Rule, Shape, Word, words};
use crate::cats::version::Version::{V1_0_1, V1_1_0, V1_2_0, V1_2_1, V1_3_0};

const fn need(name: &'static str, rule: Rule) -> Member {
    Member::new(name, Presence::Required, rule)
}

const fn may(name: &'static str, rule: Rule) -> Member {
    Member::new(name, Presence::Optional, rule)
}

const fn word(words: &'static [Word]) -> Rule {
    Rule::of(Form::Word(words))
}

const fn object(shape: &'static Shape) -> Rule {
    Rule::of(Form::Object(shape))
}

/// An array of different items.
const fn set(items: &'static Rule) -> Rule {
    Rule::of(Form::List(List { items, min: 0, max: None, unique: true }))
}

/// An array of at least one item, all different.
const fn filled_set(items: &'static Rule) -> Rule {
    Rule::of(Form::List(List { items, min: 1, max: None, unique: true }))
}

/// An array of exactly two items.
const fn two(items: &'static Rule, unique: bool) -> Rule {
    Rule::of(Form::List(List { items, min: 2, max: Some(2), unique }))
}

const LINE: Rule = Rule::of(Form::Text(Pattern::Line));
const UNBROKEN: Rule = Rule::of(Form::Text(Pattern::Unbroken));
const CHROMOSOME: Rule = Rule::of(Form::Text(Pattern::Chromosome));
const FLAG: Rule = Rule::of(Form::Flag);
const COUNT: Rule = Rule::of(Form::Integer { min: None });
const POSITIVE: Rule = Rule::of(Form::Integer { min: Some(1) });
const NUMBER: Rule = Rule::of(Form::Number { min: None, max: None });
const POSITIVE_NUMBER: Rule = Rule::of(Form::Number { min: Some(1.0), max: None });
const FRACTION: Rule = Rule::of(Form::Number { min: Some(0.0), max: Some(1.0) });
const PERCENT: Rule = Rule::of(Form::Number { min: Some(0.0), max: Some(100.0) });
const ORIGIN: Rule = word(words::ORIGIN);
const METHOD: Rule = word(words::TEST_METHOD);

static LINE_ITEM: Rule = LINE;
const LINES: Rule =
    Rule::of(Form::List(List { items: &LINE_ITEM, min: 0, max: None, unique: false }));
const FILLED_LINES: Rule =
    Rule::of(Form::List(List { items: &LINE_ITEM, min: 1, max: None, unique: false }));
const LINE_SET: Rule = set(&LINE_ITEM);

/// The whole file.
pub(in super::super) static DOCUMENT: Rule = object(&Shape {
    members: &[
        need("metaData", object(&META_DATA)),
        need("testInfo", object(&TEST_INFO)),
        // Up to 1.1.0 the official update copes with a file that names no sample.
        may("sequencingSamples", set(&SAMPLE)).until(V1_1_0),
        need("sequencingSamples", filled_set(&SAMPLE)).since(V1_2_0),
        may("variants", object(&VARIANTS)),
        may("otherBiomarkers", set(&OTHER_BIOMARKER)),
        may("compositeBiomarkers", set(&COMPOSITE_BIOMARKER)),
        may("expressions", set(&EXPRESSION)),
        may("nonHumanContents", set(&NON_HUMAN_CONTENT)),
    ],
});

static META_DATA: Shape = Shape {
    members: &[
        need("schemaVersion", Rule::of(Form::Text(Pattern::Version))),
        need("referenceGenome", object(&REFERENCE_GENOME)),
        may("configOptions", object(&CONFIG_OPTIONS)),
        may("comments", set(&COMMENT)),
    ],
};

static REFERENCE_GENOME: Shape = Shape {
    members: &[
        need("name", LINE).until(V1_0_1),
        need("patch", Rule::of(Form::Text(Pattern::Any)).or_null()).until(V1_0_1),
        may("name", LINE).since(V1_1_0),
        need("grcRelease", Rule::of(Form::Text(Pattern::Release))).since(V1_1_0),
        may("descriptions", LINES),
    ],
};

static AMPLIFICATION: Rule = word(words::labels::AMPLIFICATION);
static LOSS: Rule = word(words::labels::LOSS);
static GENE_FUSION: Rule = word(words::labels::GENE_FUSION);
static DUPLICATION: Rule = word(words::labels::DUPLICATION);
static DELETION: Rule = word(words::labels::DELETION);
static INVERSION: Rule = word(words::labels::INVERSION);
static TRUNCATION: Rule = word(words::labels::TRUNCATION);
static EXON_SKIPPING: Rule = word(words::labels::EXON_SKIPPING);
static REARRANGEMENT_LABEL: Rule = word(words::labels::REARRANGEMENT);

static CONFIG_OPTIONS: Shape = Shape {
    members: &[
        may("typeLabelsInterpretedAsKbAmplification", filled_set(&AMPLIFICATION)),
        may("typeLabelsInterpretedAsKbLoss", filled_set(&LOSS)),
        may("typeLabelsInterpretedAsKbGeneFusion", filled_set(&GENE_FUSION)),
        may("typeLabelsInterpretedAsKbDuplication", filled_set(&DUPLICATION)),
        may("typeLabelsInterpretedAsKbDeletion", filled_set(&DELETION)),
        may("typeLabelsInterpretedAsKbInversion", filled_set(&INVERSION)),
        may("typeLabelsInterpretedAsKbTruncation", filled_set(&TRUNCATION)),
        may("typeLabelsInterpretedAsKbExonSkipping", filled_set(&EXON_SKIPPING)),
        may("typeLabelsInterpretedAsKbRearrangement", filled_set(&REARRANGEMENT_LABEL)),
        may("hideAlleleFrequency", FLAG),
        may("hideCnaValue", FLAG),
        may("hideMsiValue", FLAG),
        may("hideTmbValue", FLAG),
        may("hideLohValue", FLAG),
    ],
};

static COMMENT: Rule =
    object(&Shape { members: &[need("itemIds", LINE_SET), need("contents", FILLED_LINES)] });

static TEST_INFO: Shape = Shape {
    members: &[
        need("testId", LINE),
        need("testType", word(words::TEST_TYPE)),
        may("targetRegionVersion", LINE),
        may("softwareName", LINE),
        may("softwareVersion", LINE),
        need("panelName", LINE),
        need("panelVersion", LINE),
        may("testForReferenceOnly", FLAG),
    ],
};

static SAMPLE_STATE: Rule = word(words::SAMPLE_STATE);
static SAMPLE: Rule = object(&Shape {
    members: &[
        need("itemId", LINE),
        need("tumorOrNormal", word(words::TISSUE)),
        need("testMethod", METHOD).until(V1_1_0),
        need("nucleicAcid", word(words::NUCLEIC_ACID)).since(V1_2_0),
        may("totalReadCount", COUNT),
        may("totalMappedReadCount", COUNT),
        may("duplicateReadsPercentage", PERCENT),
        may("mappedReadsPercentage", PERCENT),
        may("meanReadDepth", POSITIVE_NUMBER),
        may("medianReadDepth", POSITIVE_NUMBER),
        may("suspectedSampleStates", set(&SAMPLE_STATE)),
    ],
});

static VARIANTS: Shape = Shape {
    members: &[
        may("shortVariants", set(&SHORT_VARIANT)),
        may("copyNumberAlterations", set(&COPY_NUMBER_ALTERATION)),
        may("rearrangements", set(&REARRANGEMENT)),
    ],
};

static SHORT_VARIANT: Rule = object(&Shape {
    members: &[
        need("itemId", LINE),
        need("chromosome", CHROMOSOME),
        need("position", POSITIVE),
        need("referenceAllele", Rule::of(Form::Text(Pattern::Bases))),
        need("alternateAllele", Rule::of(Form::Text(Pattern::BasesOrStar))),
        need("alternateAlleleFrequency", FRACTION),
        may("totalReadDepth", POSITIVE),
        // An official sample of 1.2.0 writes 15.9, and the official converter takes it.
        may("alternateAlleleReadDepth", POSITIVE_NUMBER).until(V1_2_0),
        may("alternateAlleleReadDepth", POSITIVE).since(V1_2_1),
        may("variantType", word(words::VARIANT_TYPE)),
        need("transcripts", filled_set(&VARIANT_TRANSCRIPT)),
        need("testMethod", METHOD).until(V1_1_0),
        need("sampleItemId", LINE).since(V1_2_0),
        may("variantOrigin", ORIGIN),
        may("matched", FLAG),
        need("reported", FLAG),
    ],
});

static VARIANT_TRANSCRIPT: Rule = object(&Shape {
    members: &[
        need("transcriptId", UNBROKEN.or_null()),
        need("transcriptDatabaseName", word(words::DATABASE).or_null()),
        may("transcriptDatabaseVersion", LINE.or_null()),
        need("geneSymbol", UNBROKEN.or_null()),
        may("strand", word(words::STRAND).or_null()),
        need("cdsChange", LINE.or_null()),
        need("aminoAcidsChange", LINE.or_null()),
        may("calculatedEffects", LINE_SET),
    ],
});

static GENE_TRANSCRIPT: Rule = object(&Shape {
    members: &[
        may("transcriptId", UNBROKEN.or_null()),
        may("transcriptDatabaseName", word(words::DATABASE).or_null()),
        may("transcriptDatabaseVersion", LINE.or_null()),
        need("geneSymbol", UNBROKEN.or_null()),
        may("strand", word(words::STRAND).or_null()),
        may("cdsChange", LINE.or_null()),
        may("aminoAcidsChange", LINE.or_null()),
        may("calculatedEffects", LINE_SET),
    ],
});

static COPY_NUMBER_ALTERATION: Rule = object(&Shape {
    members: &[
        need("itemId", LINE),
        may("chromosome", CHROMOSOME),
        may("startPosition", POSITIVE),
        may("endPosition", POSITIVE),
        may("copyNumberMetrics", set(&COPY_NUMBER_METRIC)),
        need("copyNumberAlterationType", word(words::COPY_NUMBER_TYPE)),
        need("transcripts", filled_set(&GENE_TRANSCRIPT)),
        need("testMethod", METHOD).until(V1_1_0),
        need("sampleItemId", LINE).since(V1_2_0),
        may("variantOrigin", ORIGIN),
        may("matched", FLAG),
        need("reported", FLAG),
    ],
});

static COPY_NUMBER_METRIC: Rule = object(&Shape {
    members: &[need("value", NUMBER), need("unit", word(words::COPY_NUMBER_UNIT))],
});

static GENE_PAIR: Rule = Rule::of(Form::GenePair);

static REARRANGEMENT: Rule = object(&Shape {
    members: &[
        need("itemId", LINE),
        need("breakends", two(&BREAKEND, true)),
        may("insertedSequence", Rule::of(Form::Text(Pattern::Bases)).or_null()),
        may("supportingReadCount", COUNT),
        may("totalReadCount", COUNT),
        may("alternateAlleleFrequency", FRACTION),
        may("expressionLevelMetrics", set(&EXPRESSION_METRIC)),
        may("genePairs", LINE_SET).until(V1_1_0),
        may("orderedGenePairs", set(&GENE_PAIR)).since(V1_2_0),
        may("skippedExonRanges", set(&REGION_TRANSCRIPT)),
        may("rearrangementNames", LINE_SET),
        need("rearrangementType", word(words::REARRANGEMENT_TYPE)),
        need("testMethod", METHOD).until(V1_1_0),
        need("sampleItemId", LINE).since(V1_2_0),
        may("variantOrigin", ORIGIN),
        may("matched", FLAG),
        need("reported", FLAG),
    ],
});

static BREAKEND: Rule = object(&Shape {
    members: &[
        need("chromosome", CHROMOSOME),
        need("startPosition", POSITIVE),
        need("endPosition", POSITIVE),
        may("matePieceLocation", word(words::SIDE)),
        need("transcripts", filled_set(&GENE_TRANSCRIPT)),
        may("supportingReadCount", COUNT),
        may("totalReadCount", COUNT),
        may("alternateAlleleFrequency", FRACTION),
    ],
});

static EXPRESSION_METRIC: Rule = object(&Shape {
    members: &[
        need("value", NUMBER),
        need("unit", word(words::EXPRESSION_UNIT)),
        may("statisticType", word(words::STATISTIC).or_null()),
        may("sampleSize", POSITIVE.or_null()),
        may("isControl", FLAG),
    ],
});

static POSITIVE_ITEM: Rule = POSITIVE;
static REGION_TRANSCRIPT: Rule = object(&Shape {
    members: &[
        need("transcriptId", UNBROKEN.or_null()),
        need("transcriptDatabaseName", word(words::DATABASE).or_null()),
        may("transcriptDatabaseVersion", LINE.or_null()),
        need("geneSymbol", UNBROKEN.or_null()),
        may("strand", word(words::STRAND).or_null()),
        need("exonRange", two(&POSITIVE_ITEM, false)),
    ],
});

static OTHER_BIOMARKER: Rule = object(&Shape {
    members: &[
        need("itemId", LINE),
        need("biomarkerType", word(words::BIOMARKER)),
        may("biomarkerMetrics", set(&BIOMARKER_METRIC)),
        may("state", word(words::BIOMARKER_STATE).or_null()),
        may("descriptions", LINES),
        may("biomarkerOrigin", ORIGIN),
        need("sampleItemId", LINE).since(V1_2_0),
        may("matched", FLAG),
        need("reported", FLAG),
    ],
});

static BIOMARKER_METRIC: Rule = object(&Shape {
    members: &[
        need("value", NUMBER),
        need("unit", LINE.or_null()),
        need("metricType", LINE).since(V1_2_0).until(V1_2_1),
        Member::new("metricType", Presence::RequiredUnless("type"), LINE).since(V1_3_0),
        may("type", LINE).since(V1_3_0),
    ],
});

static COMPOSITE_BIOMARKER: Rule = object(&Shape {
    members: &[
        need("itemId", LINE),
        need("componentItemIds", LINE_SET),
        need("biomarkerNames", LINE_SET),
        may("descriptions", LINES),
        need("reported", FLAG),
    ],
});

static EXPRESSION: Rule = object(&Shape {
    members: &[
        need("itemId", LINE),
        need("transcripts", filled_set(&GENE_TRANSCRIPT)),
        need("expressionLevelMetrics", filled_set(&EXPRESSION_METRIC)),
        may("readCount", COUNT),
        need("sampleItemId", LINE).since(V1_2_0),
        need("reported", FLAG),
    ],
});

static NON_HUMAN_CONTENT: Rule = object(&Shape {
    members: &[
        need("itemId", LINE),
        need("organism", LINE),
        may("contentMetrics", set(&BIOMARKER_METRIC)),
        may("descriptions", LINES),
        need("sampleItemId", LINE).since(V1_2_0),
        need("reported", FLAG),
    ],
});
