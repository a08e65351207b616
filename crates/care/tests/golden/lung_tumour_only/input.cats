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
  "testId": "SYN-0001",
  "testType": "tumor-only",
  "panelName": "FoundationOne CDx",
  "panelVersion": "1.0",
  "softwareName": "Invented Caller",
  "softwareVersion": "2.4"
 },
 "sequencingSamples": [
  {
   "itemId": "tumour-dna",
   "tumorOrNormal": "tumor",
   "nucleicAcid": "DNA",
   "meanReadDepth": 812.5,
   "medianReadDepth": 798,
   "suspectedSampleStates": [
    "deaminated"
   ]
  },
  {
   "itemId": "tumour-rna",
   "tumorOrNormal": "tumor",
   "nucleicAcid": "RNA",
   "meanReadDepth": 310
  }
 ],
 "variants": {
  "shortVariants": [
   {
    "itemId": "sv-1",
    "chromosome": "7",
    "position": 55191822,
    "referenceAllele": "T",
    "alternateAllele": "G",
    "alternateAlleleFrequency": 0.312,
    "alternateAlleleReadDepth": 293,
    "totalReadDepth": 940,
    "transcripts": [
     {
      "transcriptId": "NM_005228.5",
      "transcriptDatabaseName": "RefSeq",
      "transcriptDatabaseVersion": "110",
      "geneSymbol": "EGFR",
      "strand": "+",
      "cdsChange": "c.2573T>G",
      "aminoAcidsChange": "L858R",
      "calculatedEffects": [
       "missense_variant"
      ]
     }
    ],
    "sampleItemId": "tumour-dna",
    "reported": true,
    "variantOrigin": "somatic"
   },
   {
    "itemId": "sv-2",
    "chromosome": "7",
    "position": 55181378,
    "referenceAllele": "C",
    "alternateAllele": "T",
    "alternateAlleleFrequency": 0.084,
    "alternateAlleleReadDepth": 76,
    "totalReadDepth": 905,
    "transcripts": [
     {
      "transcriptId": "NM_005228.5",
      "transcriptDatabaseName": "RefSeq",
      "transcriptDatabaseVersion": "110",
      "geneSymbol": "EGFR",
      "strand": "+",
      "cdsChange": "2369C>T",
      "aminoAcidsChange": "p.T790M",
      "calculatedEffects": [
       "missense_variant"
      ]
     }
    ],
    "sampleItemId": "tumour-dna",
    "reported": true,
    "variantOrigin": "somatic"
   },
   {
    "itemId": "sv-3",
    "chromosome": "17",
    "position": 7673802,
    "referenceAllele": "C",
    "alternateAllele": "T",
    "alternateAlleleFrequency": 0.441,
    "alternateAlleleReadDepth": 220,
    "totalReadDepth": 500,
    "transcripts": [
     {
      "transcriptId": "NM_000546.6",
      "transcriptDatabaseName": "RefSeq",
      "transcriptDatabaseVersion": "110",
      "geneSymbol": "TP53",
      "strand": "-",
      "cdsChange": "c.818G>A",
      "aminoAcidsChange": "p.Arg273His",
      "calculatedEffects": [
       "missense_variant"
      ]
     }
    ],
    "sampleItemId": "tumour-dna",
    "reported": true,
    "variantOrigin": "likely somatic"
   },
   {
    "itemId": "sv-4",
    "chromosome": "13",
    "position": 32340300,
    "referenceAllele": "GT",
    "alternateAllele": "G",
    "alternateAlleleFrequency": 0.487,
    "alternateAlleleReadDepth": 210,
    "totalReadDepth": 431,
    "transcripts": [
     {
      "transcriptId": "NM_000059.4",
      "transcriptDatabaseName": "RefSeq",
      "transcriptDatabaseVersion": "110",
      "geneSymbol": "BRCA2",
      "strand": "+",
      "cdsChange": "c.5946delT",
      "aminoAcidsChange": "S1982Rfs*22",
      "calculatedEffects": [
       "frameshift_variant"
      ]
     }
    ],
    "sampleItemId": "tumour-dna",
    "reported": true
   },
   {
    "itemId": "sv-5",
    "chromosome": "19",
    "position": 1220488,
    "referenceAllele": "C",
    "alternateAllele": "T",
    "alternateAlleleFrequency": 0.021,
    "alternateAlleleReadDepth": 8,
    "totalReadDepth": 377,
    "transcripts": [
     {
      "transcriptId": "NM_000455.5",
      "transcriptDatabaseName": "RefSeq",
      "transcriptDatabaseVersion": "110",
      "geneSymbol": "STK11",
      "strand": "+",
      "cdsChange": "c.580G>A",
      "aminoAcidsChange": "D194N",
      "calculatedEffects": [
       "missense_variant"
      ]
     }
    ],
    "sampleItemId": "tumour-dna",
    "reported": false,
    "variantOrigin": "somatic"
   },
   {
    "itemId": "sv-6",
    "chromosome": "2",
    "position": 29220829,
    "referenceAllele": "A",
    "alternateAllele": "G",
    "alternateAlleleFrequency": 0.05,
    "alternateAlleleReadDepth": 31,
    "totalReadDepth": 610,
    "transcripts": [
     {
      "transcriptId": "NM_004304.5",
      "transcriptDatabaseName": "RefSeq",
      "transcriptDatabaseVersion": "110",
      "geneSymbol": "ALK",
      "strand": "-",
      "cdsChange": "c.<b>bold</b>",
      "aminoAcidsChange": "<script>alert(1)</script>",
      "calculatedEffects": [
       "missense_variant"
      ]
     }
    ],
    "sampleItemId": "tumour-dna",
    "reported": true,
    "variantOrigin": "somatic"
   }
  ],
  "copyNumberAlterations": [
   {
    "itemId": "cna-1",
    "chromosome": "17",
    "startPosition": 39687914,
    "endPosition": 39730426,
    "copyNumberMetrics": [
     {
      "value": 12.4,
      "unit": "copy number"
     }
    ],
    "copyNumberAlterationType": "amplification",
    "transcripts": [
     {
      "geneSymbol": "ERBB2"
     }
    ],
    "sampleItemId": "tumour-dna",
    "variantOrigin": "somatic",
    "reported": true
   }
  ],
  "rearrangements": [
   {
    "itemId": "sv-r1",
    "rearrangementType": "gene fusion",
    "breakends": [
     {
      "chromosome": "2",
      "startPosition": 42295516,
      "endPosition": 42295516,
      "matePieceLocation": "downstream",
      "transcripts": [
       {
        "geneSymbol": "EML4"
       }
      ]
     },
     {
      "chromosome": "2",
      "startPosition": 29223528,
      "endPosition": 29223528,
      "matePieceLocation": "upstream",
      "transcripts": [
       {
        "geneSymbol": "ALK"
       }
      ]
     }
    ],
    "orderedGenePairs": [
     [
      "EML4",
      "ALK"
     ]
    ],
    "supportingReadCount": 87,
    "sampleItemId": "tumour-rna",
    "variantOrigin": "somatic",
    "reported": true
   }
  ]
 },
 "otherBiomarkers": [
  {
   "itemId": "tmb-1",
   "biomarkerType": "TMB",
   "biomarkerMetrics": [
    {
     "value": 12.61,
     "unit": "mutations-per-megabase",
     "metricType": "mutation burden"
    }
   ],
   "state": "high",
   "sampleItemId": "tumour-dna",
   "reported": true
  },
  {
   "itemId": "msi-1",
   "biomarkerType": "MSI",
   "state": "stable",
   "sampleItemId": "tumour-dna",
   "reported": true
  }
 ]
}
