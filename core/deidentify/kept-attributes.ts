import type { ProfileOption } from './profile-table.ts';

/** An attribute of ultrasound images that says nothing of a person, a place or a time. */
export interface KeptAttribute {
  readonly keyword: string;
  /** Value representations that it may have, the usual one first. */
  readonly vrs: readonly string[];
  /** Whether it may have more than one number; of texts nothing is said. */
  readonly several: boolean;
  /** Kept with this option only. */
  readonly option: ProfileOption | null;
}

/**
 * What stays of attributes that table E.1-1 does not name: of the modules of the two ultrasound image IODs and the
 * Secondary Capture ones (PS3.3 sections A.6, A.7, A.8) those that describe picture, timing, geometry, scanner and
 * protocol by numbers, codes and short words; a star: several numbers. Free text, addresses, and whatever is neither here nor in the table, goes.
 */
const rows = `
00080005 CS SpecificCharacterSet
00080008 CS ImageType
00080016 UI SOPClassUID
00080060 CS Modality
00080064 CS ConversionType
00080070 LO Manufacturer
00080100 SH CodeValue
00080102 SH CodingSchemeDesignator
00080103 SH CodingSchemeVersion
00080104 LO CodeMeaning
00080105 CS MappingResource
0008010b CS ContextGroupExtensionFlag
0008010f CS ContextIdentifier
00080117 UI ContextUID
00080118 UI MappingResourceUID
00080119 UC LongCodeValue
00081090 LO ManufacturerModelName
00081150 UI ReferencedSOPClassUID
00081160 IS ReferencedFrameNumber
00082120 SH StageName
00082122 IS StageNumber
00082124 IS NumberOfStages
00082127 SH ViewName
00082128 IS ViewNumber
00082129 IS NumberOfEventTimers
0008212a IS NumberOfViewsInStage
00082130 DS EventElapsedTimes
00082132 LO EventTimerNames
00082142 IS StartTrim
00082143 IS StopTrim
00082144 IS RecommendedDisplayFrameRate
00082218 SQ AnatomicRegionSequence
00082220 SQ AnatomicRegionModifierSequence
00082228 SQ PrimaryAnatomicStructureSequence
00082230 SQ PrimaryAnatomicStructureModifierSequence
00089215 SQ DerivationCodeSequence
00101022 DS PatientBodyMassIndex patient
00102210 CS AnatomicalOrientationType
00180015 CS BodyPartExamined
00180040 IS CineRate
00180072 DS EffectiveDuration
00181020 LO SoftwareVersions
00181060 DS TriggerTime
00181062 IS NominalInterval
00181063 DS FrameTime
00181065 DS FrameTimeVector
00181066 DS FrameDelay
00181067 DS ImageTriggerDelay
0018106a CS SynchronizationTrigger
0018106c US SynchronizationChannel
00181080 CS BeatRejectionFlag
00181081 IS LowRRValue
00181082 IS HighRRValue
00181088 IS HeartRate
00181164 DS ImagerPixelSpacing
00181242 IS ActualFrameDuration
00181244 US PreferredPlaybackSequencing
00181800 CS AcquisitionTimeSynchronized
00182010 DS NominalScannedPixelSpacing
00183100 CS IVUSAcquisition
00183101 DS IVUSPullbackRate
00183102 DS IVUSGatedRate
00183103 IS IVUSPullbackStartFrameNumber
00183104 IS IVUSPullbackStopFrameNumber
00183105 IS LesionNumber
00185000 SH OutputPower
00185010 LO TransducerData
00185012 DS FocusDepth
00185020 LO ProcessingFunction
00185022 DS MechanicalIndex
00185024 DS BoneThermalIndex
00185026 DS CranialThermalIndex
00185027 DS SoftTissueThermalIndex
00185028 DS SoftTissueFocusThermalIndex
00185029 DS SoftTissueSurfaceThermalIndex
00185050 IS DepthOfScanField
00185100 CS PatientPosition
00186011 SQ SequenceOfUltrasoundRegions
00186012 US RegionSpatialFormat
00186014 US RegionDataType
00186016 UL RegionFlags
00186018 UL RegionLocationMinX0
0018601a UL RegionLocationMinY0
0018601c UL RegionLocationMaxX1
0018601e UL RegionLocationMaxY1
00186020 SL ReferencePixelX0
00186022 SL ReferencePixelY0
00186024 US PhysicalUnitsXDirection
00186026 US PhysicalUnitsYDirection
00186028 FD ReferencePixelPhysicalValueX
0018602a FD ReferencePixelPhysicalValueY
0018602c FD PhysicalDeltaX
0018602e FD PhysicalDeltaY
00186030 UL TransducerFrequency
00186031 CS TransducerType
00186032 UL PulseRepetitionFrequency
00186034 FD DopplerCorrectionAngle
00186036 FD SteeringAngle
00186038 UL DopplerSampleVolumeXPositionRetired
00186039 SL DopplerSampleVolumeXPosition
0018603a UL DopplerSampleVolumeYPositionRetired
0018603b SL DopplerSampleVolumeYPosition
0018603c UL TMLinePositionX0Retired
0018603d SL TMLinePositionX0
0018603e UL TMLinePositionY0Retired
0018603f SL TMLinePositionY0
00186040 UL TMLinePositionX1Retired
00186041 SL TMLinePositionX1
00186042 UL TMLinePositionY1Retired
00186043 SL TMLinePositionY1
00186044 US PixelComponentOrganization
00186046 UL PixelComponentMask
00186048 UL PixelComponentRangeStart
0018604a UL PixelComponentRangeStop
0018604c US PixelComponentPhysicalUnits
0018604e US PixelComponentDataType
00186050 UL NumberOfTableBreakPoints
00186052 UL* TableOfXBreakPoints
00186054 FD* TableOfYBreakPoints
00186056 UL NumberOfTableEntries
00186058 UL* TableOfPixelValues
0018605a FL* TableOfParameterValues
00186060 FL* RWaveTimeVector
00189004 CS ContentQualification
00189073 FD AcquisitionDuration
00200011 IS SeriesNumber
00200012 IS AcquisitionNumber
00200013 IS InstanceNumber
00200020 CS PatientOrientation
00200060 CS Laterality
00200062 CS ImageLaterality
00201002 IS ImagesInAcquisition
00201040 LO PositionReferenceIndicator
00220028 CS StereoPairsPresent
00280002 US SamplesPerPixel
00280004 CS PhotometricInterpretation
00280006 US PlanarConfiguration
00280008 IS NumberOfFrames
00280009 AT* FrameIncrementPointer
00280010 US Rows
00280011 US Columns
00280014 US UltrasoundColorDataPresent
00280030 DS PixelSpacing
00280034 IS PixelAspectRatio
00280100 US BitsAllocated
00280101 US BitsStored
00280102 US HighBit
00280103 US PixelRepresentation
00280300 CS QualityControlImage
00281050 DS WindowCenter
00281051 DS WindowWidth
00281052 DS RescaleIntercept
00281053 DS RescaleSlope
00281054 LO RescaleType
00281056 CS VOILUTFunction
00281101 US|SS* RedPaletteColorLookupTableDescriptor
00281102 US|SS* GreenPaletteColorLookupTableDescriptor
00281103 US|SS* BluePaletteColorLookupTableDescriptor
00281201 OW|OB* RedPaletteColorLookupTableData
00281202 OW|OB* GreenPaletteColorLookupTableData
00281203 OW|OB* BluePaletteColorLookupTableData
00281221 OW|OB* SegmentedRedPaletteColorLookupTableData
00281222 OW|OB* SegmentedGreenPaletteColorLookupTableData
00281223 OW|OB* SegmentedBluePaletteColorLookupTableData
00282000 OB* ICCProfile
00282002 CS ColorSpace
00282110 CS LossyImageCompression
00282112 DS LossyImageCompressionRatio
00282114 CS LossyImageCompressionMethod
00283000 SQ ModalityLUTSequence
00283002 US|SS* LUTDescriptor
00283004 LO ModalityLUTType
00283006 OW|US* LUTData
00283010 SQ VOILUTSequence
00286010 US RepresentativeFrameNumber
00286020 US* FrameNumbersOfInterest
00286023 CS FrameOfInterestType
0040000a SQ StageCodeSequence
004008ea SQ MeasurementUnitsCodeSequence
00409098 SQ PixelValueMappingCodeSequence
0040a170 SQ PurposeOfReferenceCodeSequence
00540220 SQ ViewCodeSequence
00540222 SQ ViewModifierCodeSequence
00540500 CS SliceProgressionDirection
20500020 CS PresentationLUTShape
3010001c CS DeviceAlternateIdentifierType device
3010002e SQ DeviceTypeCodeSequence device
`;

/** By group × 65,536 + element. */
export const keptAttributes: ReadonlyMap<number, KeptAttribute> = new Map(
  rows
    .trim()
    .split('\n')
    .map((line) => {
      const [tag = '', vrs = '', keyword = '', option = null] = line.split(' ');
      return [
        Number.parseInt(tag, 16),
        {
          keyword,
          vrs: vrs.replace('*', '').split('|'),
          several: vrs.endsWith('*'),
          option: option as ProfileOption | null,
        },
      ];
    }),
);
