{
 "metaData": {
  "schemaVersion": "1.2.1",
  "referenceGenome": {
   "grcRelease": "GRCh38",
   "name": "GRCh38",
   "descriptions": [
    "invented for a test"
   ]
  }
 },
 "testInfo": {
  "testId": "SYN-0002",
  "testType": "tumor and matched-normal",
  "panelName": "HemeSight",
  "panelVersion": "1.0"
 },
 "sequencingSamples": [
  {
   "itemId": "marrow",
   "tumorOrNormal": "tumor",
   "nucleicAcid": "DNA",
   "meanReadDepth": 1204.2
  },
  {
   "itemId": "swab",
   "tumorOrNormal": "normal",
   "nucleicAcid": "DNA",
   "meanReadDepth": 402
  }
 ],
 "variants": {
  "shortVariants": [
   {
    "itemId": "h-1",
    "chromosome": "5",
    "position": 171410539,
    "referenceAllele": "C",
    "alternateAllele": "CTCTG",
    "alternateAlleleFrequency": 0.42,
    "alternateAlleleReadDepth": 462,
    "totalReadDepth": 1100,
    "transcripts": [
     {
      "transcriptId": "NM_002520.7",
      "transcriptDatabaseName": "RefSeq",
      "transcriptDatabaseVersion": "110",
      "geneSymbol": "NPM1",
      "strand": "+",
      "cdsChange": "c.860_863dupTCTG",
      "aminoAcidsChange": "p.Trp288CysfsTer12",
      "calculatedEffects": [
       "frameshift_variant"
      ]
     }
    ],
    "sampleItemId": "marrow",
    "reported": true,
    "variantOrigin": "somatic",
    "matched": true
   },
   {
    "itemId": "h-2",
    "chromosome": "13",
    "position": 28018505,
    "referenceAllele": "C",
    "alternateAllele": "A",
    "alternateAlleleFrequency": 0.37,
    "alternateAlleleReadDepth": 363,
    "totalReadDepth": 980,
    "transcripts": [
     {
      "transcriptId": "NM_004119.3",
      "transcriptDatabaseName": "RefSeq",
      "transcriptDatabaseVersion": "110",
      "geneSymbol": "FLT3",
      "strand": "-",
      "cdsChange": "c.2503G>T",
      "aminoAcidsChange": "D835Y",
      "calculatedEffects": [
       "missense_variant"
      ]
     }
    ],
    "sampleItemId": "marrow",
    "reported": true,
    "variantOrigin": "somatic",
    "matched": true
   },
   {
    "itemId": "h-3",
    "chromosome": "2",
    "position": 25234373,
    "referenceAllele": "C",
    "alternateAllele": "T",
    "alternateAlleleFrequency": 0.45,
    "alternateAlleleReadDepth": 455,
    "totalReadDepth": 1011,
    "transcripts": [
     {
      "transcriptId": "NM_022552.5",
      "transcriptDatabaseName": "RefSeq",
      "transcriptDatabaseVersion": "110",
      "geneSymbol": "DNMT3A",
      "strand": "-",
      "cdsChange": "c.2645G>A",
      "aminoAcidsChange": "R882H",
      "calculatedEffects": [
       "missense_variant"
      ]
     }
    ],
    "sampleItemId": "marrow",
    "reported": true,
    "variantOrigin": "somatic",
    "matched": true
   },
   {
    "itemId": "h-4",
    "chromosome": "17",
    "position": 43093464,
    "referenceAllele": "G",
    "alternateAllele": "A",
    "alternateAlleleFrequency": 0.5,
    "alternateAlleleReadDepth": 201,
    "totalReadDepth": 402,
    "transcripts": [
     {
      "transcriptId": "NM_007294.4",
      "transcriptDatabaseName": "RefSeq",
      "transcriptDatabaseVersion": "110",
      "geneSymbol": "BRCA1",
      "strand": "-",
      "cdsChange": "c.2068C>T",
      "aminoAcidsChange": "p.Gln690*",
      "calculatedEffects": [
       "stop_gained"
      ]
     }
    ],
    "sampleItemId": "swab",
    "reported": true,
    "variantOrigin": "germline",
    "matched": true
   }
  ]
 }
}
