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
  "testId": "SYN-0003",
  "testType": "tumor-only (cell-free)",
  "panelName": "Guardant360 CDx",
  "panelVersion": "1"
 },
 "sequencingSamples": [
  {
   "itemId": "plasma",
   "tumorOrNormal": "tumor",
   "nucleicAcid": "DNA"
  }
 ]
}
