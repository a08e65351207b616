//! Fixed contents of a study's files: what cBioPortal's format asks for, with the official converter's values.

/// Stands for the study's identifier; a control character, so that no value of a document can hold it.
pub(super) const STUDY: &str = "\u{1}";

/// Keys and values of a meta file or case list.
pub(super) type Pairs = &'static [(&'static str, &'static str)];

/// Writes keys and values, one pair on a line.
pub(super) fn lines(pairs: Pairs) -> String {
    pairs.iter().map(|(key, value)| format!("{key}: {value}\n")).collect()
}

/// What the study is; the official converter says hg19 of every document.
pub(super) const META_STUDY: Pairs = &[
    ("type_of_cancer", "type_of_cancer"),
    ("cancer_study_identifier", "\u{1}"),
    ("name", "\u{1}"),
    ("description", "sample description"),
    ("reference_genome", "hg19"),
];

/// Names the patient table.
pub(super) const META_CLINICAL_PATIENT: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("genetic_alteration_type", "CLINICAL"),
    ("datatype", "PATIENT_ATTRIBUTES"),
    ("data_filename", "data_clinical_patient.txt"),
];

/// Names the sample table.
pub(super) const META_CLINICAL_SAMPLE: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("genetic_alteration_type", "CLINICAL"),
    ("datatype", "SAMPLE_ATTRIBUTES"),
    ("data_filename", "data_clinical_sample.txt"),
];

/// Names the mutation table, which is still to be made of the VCF.
pub(super) const META_MUTATIONS: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("genetic_alteration_type", "MUTATION_EXTENDED"),
    ("stable_id", "mutations"),
    ("datatype", "MAF"),
    ("show_profile_in_analysis_tab", "true"),
    ("profile_description", "mutations_extended"),
    ("profile_name", "Mutations"),
    ("data_filename", "data_mutations_extended.maf"),
    ("swissprot_identifier", "name"),
];

/// Names the copy-number table.
pub(super) const META_COPY_NUMBERS: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("genetic_alteration_type", "COPY_NUMBER_ALTERATION"),
    ("datatype", "DISCRETE"),
    ("stable_id", "gistic"),
    ("show_profile_in_analysis_tab", "true"),
    (
        "profile_description",
        "Test cna data. Values: -2 = homozygous deletion; -1 = hemizygous deletion; 0 = neutral / no change; 1 = gain; 2 = high level amplification.",
    ),
    ("profile_name", "Putative copy-number alterations from GISTIC"),
    ("data_filename", "data_cna_discrete.txt"),
];

/// Names the expression table.
pub(super) const META_EXPRESSIONS: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("genetic_alteration_type", "MRNA_EXPRESSION"),
    ("datatype", "CONTINUOUS"),
    ("stable_id", "rna_seq_mrna"),
    ("show_profile_in_analysis_tab", "true"),
    ("profile_name", "mRNA expression "),
    ("profile_description", "Expression levels "),
    ("data_filename", "data_expression.txt"),
];

/// Names the fusion table.
pub(super) const META_FUSIONS: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("genetic_alteration_type", "FUSION"),
    ("datatype", "FUSION"),
    ("stable_id", "fusion"),
    ("profile_description", "Fusions."),
    ("show_profile_in_analysis_tab", "true"),
    ("profile_name", "Fusions"),
    ("data_filename", "data_fusion.txt"),
];

/// Names the table of structural variants.
pub(super) const META_STRUCTURAL_VARIANTS: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("genetic_alteration_type", "STRUCTURAL_VARIANT"),
    ("datatype", "SV"),
    ("data_filename", "data_sv.txt"),
    ("stable_id", "structural_variants"),
    ("profile_name", "sv data"),
    ("profile_description", "SVs"),
    ("show_profile_in_analysis_tab", "true"),
];

/// Lists every sample.
pub(super) const CASES_ALL: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("stable_id", "\u{1}_all"),
    ("case_list_name", "All samples"),
    ("case_list_description", "All samples description"),
    ("case_list_category", "all_cases_in_study"),
    ("case_list_ids", "\u{1}"),
];

/// Lists samples with mutations.
pub(super) const CASES_SEQUENCED: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("stable_id", "\u{1}_sequenced"),
    ("case_list_name", "Sequenced samples"),
    ("case_list_description", "Sequenced samples description"),
    ("case_list_category", "all_cases_with_mutation_data"),
    ("case_list_ids", "\u{1}"),
];

/// Lists samples with copy numbers.
pub(super) const CASES_COPY_NUMBERS: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("stable_id", "\u{1}_cna"),
    ("case_list_name", "CNA samples"),
    ("case_list_description", "CNA samples description"),
    ("case_list_category", "all_cases_in_study"),
    ("case_list_ids", "\u{1}"),
];

/// Lists samples with both.
pub(super) const CASES_BOTH: Pairs = &[
    ("cancer_study_identifier", "\u{1}"),
    ("stable_id", "\u{1}_cnaseq"),
    ("case_list_name", "CNASEQ samples"),
    ("case_list_description", "CNASEQ samples description"),
    ("case_list_ids", "\u{1}"),
];

/// A column of a clinical table: label, description, type, priority, name.
pub(super) type ClinicalColumn = [&'static str; 5];

/// Writes the five header lines of a clinical table.
pub(super) fn clinical_header(columns: &[ClinicalColumn]) -> String {
    (0..5)
        .map(|line| {
            let cells: Vec<&str> =
                columns.iter().filter_map(|column| column.get(line).copied()).collect();
            let mark = if line < 4 { "#" } else { "" };
            format!("{mark}{}\n", cells.join("\t"))
        })
        .collect()
}

/// Columns of the patient table.
pub(super) const CLINICAL_PATIENT: &[ClinicalColumn] = &[
    [
        "Patient Identifier",
        "Identifier to uniquely specify a patient.",
        "STRING",
        "1",
        "PATIENT_ID",
    ],
    ["Sex", "Sex", "STRING", "1", "SEX"],
    [
        "Diagnosis Age",
        "Age at which a condition or disease was first diagnosed.",
        "NUMBER",
        "1",
        "AGE",
    ],
    [
        "Overall Survival (Months)",
        "Overall survival in months since initial diagonosis.",
        "NUMBER",
        "1",
        "OS_MONTHS",
    ],
    ["Overall Survival Status", "Overall patient survival status.", "STRING", "9", "OS_STATUS"],
    ["Disease Free Status", "Disease free status", "STRING", "1", "DFS_STATUS"],
    ["Disease Free (Months)", "Disease Free (Months)", "NUMBER", "1", "DFS_MONTHS"],
];

/// Columns of the sample table.
pub(super) const CLINICAL_SAMPLE: &[ClinicalColumn] = &[
    [
        "Patient Identifier",
        "Identifier to uniquely specify a patient.",
        "STRING",
        "1",
        "PATIENT_ID",
    ],
    ["Sample Identifier", "A unique sample identifier.", "STRING", "1", "SAMPLE_ID"],
    [
        "Sample Type",
        "The type of sample (i.e., normal, primary, met, recurrence).",
        "STRING",
        "9",
        "SAMPLE_TYPE",
    ],
    ["Oncotree Code", "Oncotree Code", "STRING", "1", "ONCOTREE_CODE"],
    [
        "Neoplasm Histologic Grade",
        "Numeric value to express the degree of abnormality of cancer cells, a measure of differentiation and aggressiveness.",
        "STRING",
        "1",
        "GRADE",
    ],
    ["MGMT Status", "MGMT Status", "STRING", "1", "MGMT_STATUS"],
    ["IDH1 Mutation", "IDH1 mutation is present", "STRING", "1", "IDH1_MUTATION"],
    ["1p/19q Status", "1p/19q Status", "STRING", "1", "STATUS_1P_19Q"],
    [
        "Non-silent mutations in TP53, ATRX, CIC, FUBP1",
        "Non-silent mutations in TP53, ATRX, CIC, FUBP1",
        "STRING",
        "1",
        "NON_SILENT_MUT_TP53_ATRX_CIC_FUBP1",
    ],
    ["Note", "Note.", "STRING", "1", "NOTE"],
    ["Cancer Type", "Cancer Type", "STRING", "1", "CANCER_TYPE"],
    ["Cancer Type Detailed", "Cancer Type Detailed", "STRING", "1", "CANCER_TYPE_DETAILED"],
    ["Somatic Status", "Somatic Status", "STRING", "1", "SOMATIC_STATUS"],
    ["TMB (nonsynonymous)", "TMB (nonsynonymous)", "NUMBER", "1", "TMB_NONSYNONYMOUS"],
    ["MSI (sensor score)", "MSI (sensor score)", "NUMBER", "1", "MSI_SENSOR_SCORE"],
];

/// Columns of the fusion table.
pub(super) const FUSION_HEADER: &[&str] = &[
    "Hugo_Symbol",
    "Entrez_Gene_Id",
    "Center",
    "Tumor_Sample_Barcode",
    "Fusion",
    "DNA_support",
    "RNA_support",
    "Method",
    "Frame",
    "Fusion_Status",
];

/// Columns of the table of structural variants.
pub(super) const STRUCTURAL_VARIANT_HEADER: &[&str] = &[
    "Sample_ID",
    "Site1_Entrez_Gene_Id",
    "Site1_Hugo_Symbol",
    "Site1_Ensembl_Transcript_Id",
    "Site1_Exon",
    "Site1_Chromosome",
    "Site1_Position",
    "Site1_Description",
    "Site2_Entrez_Gene_Id",
    "Site2_Hugo_Symbol",
    "Site2_Ensembl_Transcript_Id",
    "Site2_Exon",
    "Site2_Chromosome",
    "Site2_Position",
    "Site2_Description",
    "Site2_Effect_On_Frame",
    "NCBI_Build",
    "DNA_Support",
    "RNA_Support",
    "Normal_Read_Count",
    "Tumor_Read_Count",
    "Normal_Variant_Count",
    "Tumor_Variant_Count",
    "Normal_Paired_End_Read_Count",
    "Tumor_Paired_End_Read_Count",
    "Normal_Split_Read_Count",
    "Tumor_Split_Read_Count",
    "Annotation",
    "Breakpoint_Type",
    "Center",
    "Connection_Type",
    "Event_Info",
    "Class",
    "Length",
    "Comments",
    "External_Annotation",
    "cbp_driver",
    "cbp_driver_annotation",
    "cbp_driver_tiers",
    "cbp_driver_tiers_annotation",
];

/// Header of the VCF.
pub(super) const VCF_HEADER: &str =
    "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
