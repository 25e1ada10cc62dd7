/** A concept of a coding scheme (PS3.3 section 8.8), as DICOM and other systems name it. */
export interface CodedConcept {
  /** `SCT` SNOMED CT, `LN` LOINC, `DCM` DICOM, `UCUM` units. */
  readonly scheme: 'SCT' | 'LN' | 'DCM' | 'UCUM';
  readonly value: string;
  readonly meaning: string;
}
