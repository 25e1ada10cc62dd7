import type { CodedConcept } from '../../../core/structure/coded-concept.ts';

/** A code as it is written; languages have a scheme that clinical concepts have not, and so has what only Systola measures. */
export interface Code {
  readonly scheme: CodedConcept['scheme'] | 'RFC5646' | '99SYSTOLA';
  readonly value: string;
  readonly meaning: string;
}

const dicom = (value: string, meaning: string) => ({ scheme: 'DCM', value, meaning }) as const;
const loinc = (value: string, meaning: string) => ({ scheme: 'LN', value, meaning }) as const;
const snomed = (value: string, meaning: string) => ({ scheme: 'SCT', value, meaning }) as const;
const ucum = (value: string) => ({ scheme: 'UCUM', value, meaning: value }) as const;

/**
 * Every code that is written, besides those of what is measured (core/quantity) and on what (core/structure). A test holds
 * all of them against a list of PS3.16's.
 */
export const codes = {
  // Documents and their parts.
  echoReport: loinc('42148-7', 'Echocardiography Report'),
  adultEchoReport: dicom('125200', 'Adult Echocardiography Procedure Report'),
  language: dicom('121049', 'Language of Content Item and Descendants'),
  english: { scheme: 'RFC5646', value: 'en', meaning: 'English' },
  patientCharacteristics: dicom('121118', 'Patient Characteristics'),
  imageLibrary: dicom('111028', 'Image Library'),
  findings: dicom('121070', 'Findings'),
  findingSite: snomed('363698007', 'Finding Site'),
  measurementGroup: dicom('125007', 'Measurement Group'),
  comment: dicom('121106', 'Comment'),
  conclusion: dicom('121077', 'Conclusion'),
  imagingReport: dicom('126000', 'Imaging Measurement Report'),
  procedureReported: dicom('121058', 'Procedure reported'),
  imagingProcedure: snomed('363679005', 'Imaging procedure'),
  imageLibraryGroup: dicom('126200', 'Image Library Group'),
  modality: dicom('121139', 'Modality'),
  ultrasound: dicom('US', 'Ultrasound'),
  imagingMeasurements: dicom('126010', 'Imaging Measurements'),
  // What is drawn on a frame.
  trackingIdentifier: dicom('112039', 'Tracking Identifier'),
  trackingUid: dicom('112040', 'Tracking Unique Identifier'),
  finding: dicom('121071', 'Finding'),
  imageRegion: dicom('111030', 'Image Region'),
  area: snomed('42798000', 'Area'),
  // Who observed.
  observerType: dicom('121005', 'Observer Type'),
  device: dicom('121007', 'Device'),
  deviceUid: dicom('121012', 'Device Observer UID'),
  deviceName: dicom('121013', 'Device Observer Name'),
  deviceManufacturer: dicom('121014', 'Device Observer Manufacturer'),
  deviceModel: dicom('121015', 'Device Observer Model Name'),
  person: dicom('121006', 'Person'),
  personName: dicom('121008', 'Person Observer Name'),
  personOrganisation: dicom('121009', "Person Observer's Organization Name"),
  // What qualifies a number.
  imageMode: snomed('399264008', 'Image Mode'),
  twoDimensional: snomed('399064001', '2D mode'),
  patientState: dicom('109054', 'Patient State'),
  resting: snomed('128975004', 'Resting State'),
  stress: snomed('432655005', 'Cardiac Stress State'),
  imageView: dicom('111031', 'Image View'),
  apicalFourChamber: snomed('399214001', 'Apical four chamber'),
  apicalTwoChamber: snomed('399232001', 'Apical two chamber'),
  apicalLongAxis: snomed('399339008', 'Apical long axis'),
  measurementMethod: snomed('370129005', 'Measurement Method'),
  disksBiplane: dicom('125207', 'Method of Disks, Biplane'),
  disksSinglePlane: dicom('125208', 'Method of Disks, Single Plane'),
  areaLengthBiplane: dicom('125204', 'Area-Length Biplane'),
  areaLengthSinglePlane: dicom('125205', 'Area-Length Single Plane'),
  derivation: dicom('121401', 'Derivation'),
  mean: snomed('373098007', 'Mean'),
  cyclePoint: snomed('272518008', 'Cardiac Cycle Point'),
  endDiastole: snomed('416190007', 'End diastole'),
  endSystole: snomed('416430001', 'End Systole'),
  algorithmName: dicom('111001', 'Algorithm Name'),
  algorithmParameters: dicom('111002', 'Algorithm Parameters'),
  algorithmVersion: dicom('111003', 'Algorithm Version'),
  selectionStatus: dicom('121404', 'Selection Status'),
  userChosen: dicom('121410', 'User chosen value'),
  meanChosen: dicom('121412', 'Mean value chosen'),
  // Reference limits.
  normalLow: snomed('385524004', 'Normal Range Lower Limit'),
  normalHigh: snomed('371933006', 'Normal Range Upper Limit'),
  normalDescription: dicom('121407', 'Normal Range description'),
  normalAuthority: dicom('121408', 'Normal Range Authority'),
  normality: dicom('121402', 'Normality'),
  normal: snomed('17621005', 'Normal'),
  abnormallyHigh: snomed('371879000', 'Abnormally High'),
  abnormallyLow: snomed('371880002', 'Abnormally Low'),
  undetermined: snomed('371934000', 'Normality Undetermined'),
  // Measurements as TID 5300 has them.
  preCoordinated: dicom('125301', 'Pre-coordinated Measurements'),
  postCoordinated: dicom('125302', 'Post-coordinated Measurements'),
  adhoc: dicom('125303', 'Adhoc Measurements'),
  shortLabel: dicom('125309', 'Short Label'),
  sourceOfMeasurement: dicom('121112', 'Source of Measurement'),
  measurementType: dicom('125306', 'Measurement Type'),
  calculated: dicom('125315', 'Calculated'),
  directlyMeasured: dicom('125316', 'Directly measured'),
  indexed: dicom('125313', 'Indexed'),
  ratio: snomed('118586006', 'Ratio'),
  fractionalChange: dicom('125314', 'Fractional Change'),
  observationType: dicom('125305', 'Finding Observation Type'),
  structureOfSite: dicom('125311', 'Structure of the Finding Site'),
  behaviourOfSite: dicom('125312', 'Behavior of the Finding Site'),
  hemodynamic: snomed('44324008', 'Hemodynamic Measurements'),
  measuredProperty: dicom('125307', 'Measured Property'),
  volume: snomed('118565006', 'Volume'),
  thickness: loinc('59089-3', 'Thickness'),
  length: snomed('410668003', 'Length'),
  diameter: snomed('81827009', 'Diameter'),
  ejectionFraction: snomed('70822001', 'Cardiac ejection fraction'),
  heart: snomed('80891009', 'Heart'),
  wholeBody: snomed('38266002', 'Entire body'),
  strokeVolume: snomed('90096001', 'Stroke Volume'),
  flowRate: loinc('33878-0', 'Volume Flow Rate'),
  measurementDivisor: dicom('125308', 'Measurement Divisor'),
  bodySurface: loinc('8277-6', 'BSA'),
  // Segmentations.
  anatomicalStructure: snomed('123037004', 'Anatomical Structure'),
  segmentation: dicom('113076', 'Segmentation'),
  sourceOfProcessing: dicom('121322', 'Source image for image processing operation'),
  // Body surface area.
  surfaceFormula: loinc('8278-4', 'Body Surface Area Formula'),
  duBois: dicom('122241', 'BSA = 0.007184*WT^0.425*HT^0.725'),
  mosteller: dicom('122244', 'BSA = (HT*WT/36)^0.5'),
  // Units.
  millilitre: ucum('ml'),
  millilitrePerSquareMetre: ucum('ml/m2'),
  litrePerMinute: ucum('l/min'),
  litrePerMinuteAndSquareMetre: ucum('l/min/m2'),
  centimetre: ucum('cm'),
  squareCentimetre: ucum('cm2'),
  pixels: ucum('{pixels}'),
  squareMetre: ucum('m2'),
  percent: ucum('%'),
  unity: { scheme: 'UCUM', value: '1', meaning: 'no units' },
  beatsPerMinute: ucum('{H.B.}/min'),
} as const satisfies Readonly<Record<string, Code>>;
