/**
 * DICOM PS3.15 2024e, table E.1-1, row by row: tag, VR and keyword of PS3.6, the action of the Basic Application Level
 * Confidentiality Profile, and what the options say that have a word in it. An x stands for any digit.
 */
export const profileRows = `
00001000 UI AffectedSOPInstanceUID X uids:K
00001001 UI RequestedSOPInstanceUID U uids:K
00020003 UI MediaStorageSOPInstanceUID U uids:K
00041511 UI ReferencedSOPInstanceUIDInFile U uids:K
00080012 DA InstanceCreationDate X/D fullDates:K modifiedDates:C
00080013 TM InstanceCreationTime X/Z/D fullDates:K modifiedDates:C
00080014 UI InstanceCreatorUID U uids:K
00080015 DT InstanceCoercionDateTime X fullDates:K modifiedDates:C
00080017 UI AcquisitionUID U uids:K
00080018 UI SOPInstanceUID U uids:K
00080019 UI PyramidUID U uids:K
00080020 DA StudyDate Z fullDates:K modifiedDates:C
00080021 DA SeriesDate X/D fullDates:K modifiedDates:C
00080022 DA AcquisitionDate X/Z fullDates:K modifiedDates:C
00080023 DA ContentDate Z/D fullDates:K modifiedDates:C
00080024 DA OverlayDate X fullDates:K modifiedDates:C
00080025 DA CurveDate X fullDates:K modifiedDates:C
0008002a DT AcquisitionDateTime X/Z/D fullDates:K modifiedDates:C
00080030 TM StudyTime Z fullDates:K modifiedDates:C
00080031 TM SeriesTime X/D fullDates:K modifiedDates:C
00080032 TM AcquisitionTime X/Z fullDates:K modifiedDates:C
00080033 TM ContentTime Z/D fullDates:K modifiedDates:C
00080034 TM OverlayTime X fullDates:K modifiedDates:C
00080035 TM CurveTime X fullDates:K modifiedDates:C
00080050 SH AccessionNumber Z
00080054 AE RetrieveAETitle X device:C
00080055 AE StationAETitle X device:C
00080058 UI FailedSOPInstanceUIDList U uids:K
00080080 LO InstitutionName X/Z/D institution:K
00080081 ST InstitutionAddress X institution:K
00080082 SQ InstitutionCodeSequence X/Z/D institution:K
00080090 PN ReferringPhysicianName Z
00080092 ST ReferringPhysicianAddress X
00080094 SH ReferringPhysicianTelephoneNumbers X
00080096 SQ ReferringPhysicianIdentificationSequence X
0008009c PN ConsultingPhysicianName Z
0008009d SQ ConsultingPhysicianIdentificationSequence X
00080106 DT ContextGroupVersion D fullDates:K modifiedDates:C
00080107 DT ContextGroupLocalVersion D fullDates:K modifiedDates:C
00080201 SH TimezoneOffsetFromUTC X fullDates:K modifiedDates:C
00081000 AE NetworkID X device:C
00081010 SH StationName X/Z/D device:K
00081030 LO StudyDescription X descriptors:C
0008103e LO SeriesDescription X descriptors:C
00081040 LO InstitutionalDepartmentName X institution:K
00081041 SQ InstitutionalDepartmentTypeCodeSequence X institution:K
00081048 PN PhysiciansOfRecord X
00081049 SQ PhysiciansOfRecordIdentificationSequence X
00081050 PN PerformingPhysicianName X
00081052 SQ PerformingPhysicianIdentificationSequence X
00081060 PN NameOfPhysiciansReadingStudy X
00081062 SQ PhysiciansReadingStudyIdentificationSequence X
00081070 PN OperatorsName X/Z/D
00081072 SQ OperatorIdentificationSequence X/D
00081080 LO AdmittingDiagnosesDescription X descriptors:C
00081084 SQ AdmittingDiagnosesCodeSequence X descriptors:C
00081088 LO PyramidDescription X descriptors:C
00081110 SQ ReferencedStudySequence X/Z uids:K
00081111 SQ ReferencedPerformedProcedureStepSequence X/Z/D uids:K
00081120 SQ ReferencedPatientSequence X uids:K
00081140 SQ ReferencedImageSequence X/Z/U* uids:K
00081155 UI ReferencedSOPInstanceUID U uids:K
00081195 UI TransactionUID U uids:K
00082111 ST DerivationDescription X descriptors:C
00082112 SQ SourceImageSequence X/Z/U* uids:K
00083010 UI IrradiationEventUID U uids:K
00084000 LT IdentifyingComments X descriptors:C
00100010 PN PatientName Z
00100020 LO PatientID Z/D
00100021 LO IssuerOfPatientID X
00100030 DA PatientBirthDate Z
00100032 TM PatientBirthTime X
00100040 CS PatientSex Z patient:K
00100050 SQ PatientInsurancePlanCodeSequence X
00100101 SQ PatientPrimaryLanguageCodeSequence X
00100102 SQ PatientPrimaryLanguageModifierCodeSequence X
00101000 LO OtherPatientIDs X
00101001 PN OtherPatientNames X
00101002 SQ OtherPatientIDsSequence X
00101005 PN PatientBirthName X
00101010 AS PatientAge X patient:K
00101020 DS PatientSize X patient:K
00101030 DS PatientWeight X patient:K
00101040 LO PatientAddress X
00101050 LO InsurancePlanIdentification X
00101060 PN PatientMotherBirthName X
00101080 LO MilitaryRank X
00101081 LO BranchOfService X
00101090 LO MedicalRecordLocator X
00101100 SQ ReferencedPatientPhotoSequence X
00102000 LO MedicalAlerts X descriptors:C
00102110 LO Allergies X patient:C descriptors:C
00102150 LO CountryOfResidence X
00102152 LO RegionOfResidence X
00102154 SH PatientTelephoneNumbers X
00102155 LT PatientTelecomInformation X
00102160 SH EthnicGroup X patient:K
00102180 SH Occupation X descriptors:C
001021a0 CS SmokingStatus X patient:K
001021b0 LT AdditionalPatientHistory X descriptors:C
001021c0 US PregnancyStatus X patient:K
001021d0 DA LastMenstrualDate X fullDates:K modifiedDates:C
001021f0 LO PatientReligiousPreference X
00102203 CS PatientSexNeutered X/Z patient:K
00102297 PN ResponsiblePerson X
00102299 LO ResponsibleOrganization X
00104000 LT PatientComments X descriptors:C
00120010 LO ClinicalTrialSponsorName D
00120020 LO ClinicalTrialProtocolID D
00120021 LO ClinicalTrialProtocolName Z
00120022 LO IssuerOfClinicalTrialProtocolID X
00120023 SQ OtherClinicalTrialProtocolIDsSequence X
00120030 LO ClinicalTrialSiteID Z institution:K
00120031 LO ClinicalTrialSiteName Z institution:K
00120032 LO IssuerOfClinicalTrialSiteID X
00120040 LO ClinicalTrialSubjectID D
00120041 LO IssuerOfClinicalTrialSubjectID X
00120042 LO ClinicalTrialSubjectReadingID D
00120043 LO IssuerOfClinicalTrialSubjectReadingID X
00120050 LO ClinicalTrialTimePointID Z
00120051 ST ClinicalTrialTimePointDescription X descriptors:C
00120055 LO IssuerOfClinicalTrialTimePointID X
00120060 LO ClinicalTrialCoordinatingCenterName Z institution:K
00120071 LO ClinicalTrialSeriesID X
00120072 LO ClinicalTrialSeriesDescription X descriptors:C
00120073 LO IssuerOfClinicalTrialSeriesID X
00120081 LO ClinicalTrialProtocolEthicsCommitteeName D institution:K
00120082 LO ClinicalTrialProtocolEthicsCommitteeApprovalNumber X
00120086 DA EthicsCommitteeApprovalEffectivenessStartDate X fullDates:K modifiedDates:C
00120087 DA EthicsCommitteeApprovalEffectivenessEndDate X fullDates:K modifiedDates:C
0014407c TM CalibrationTime X device:K fullDates:K modifiedDates:C
0014407e DA CalibrationDate X device:K fullDates:K modifiedDates:C
0016002b OB MakerNote X descriptors:C
0016004b OB DeviceSettingDescription X descriptors:C
0016004d UT CameraOwnerName X
0016004e DS LensSpecification X device:K
0016004f UT LensMake X device:K
00160050 UT LensModel X device:K
00160051 UT LensSerialNumber X device:K
00160070 OB GPSVersionID X
00160071 CS GPSLatitudeRef X
00160072 DS GPSLatitude X
00160073 CS GPSLongitudeRef X
00160074 DS GPSLongitude X
00160075 US GPSAltitudeRef X
00160076 DS GPSAltitude X
00160077 DT GPSTimeStamp X
00160078 UT GPSSatellites X
00160079 CS GPSStatus X
0016007a CS GPSMeasureMode X
0016007b DS GPSDOP X
0016007c CS GPSSpeedRef X
0016007d DS GPSSpeed X
0016007e CS GPSTrackRef X
0016007f DS GPSTrack X
00160080 CS GPSImgDirectionRef X
00160081 DS GPSImgDirection X
00160082 UT GPSMapDatum X
00160083 CS GPSDestLatitudeRef X
00160084 DS GPSDestLatitude X
00160085 CS GPSDestLongitudeRef X
00160086 DS GPSDestLongitude X
00160087 CS GPSDestBearingRef X
00160088 DS GPSDestBearing X
00160089 CS GPSDestDistanceRef X
0016008a DS GPSDestDistance X
0016008b OB GPSProcessingMethod X
0016008c OB GPSAreaInformation X
0016008d DT GPSDateStamp X fullDates:K modifiedDates:C
0016008e IS GPSDifferential X
00180010 LO ContrastBolusAgent Z/D descriptors:C
00180027 TM InterventionDrugStopTime X fullDates:K modifiedDates:C
00180035 TM InterventionDrugStartTime X fullDates:K modifiedDates:C
00181000 LO DeviceSerialNumber X/Z/D device:K
00181002 UI DeviceUID U uids:K device:K
00181004 LO PlateID X device:K
00181005 LO GeneratorID X device:K
00181007 LO CassetteID X device:K
00181008 LO GantryID X device:K
00181009 UT UniqueDeviceIdentifier X device:K
0018100a SQ UDISequence X device:K
0018100b UI ManufacturerDeviceClassUID U uids:K device:K
00181012 DA DateOfSecondaryCapture X fullDates:K modifiedDates:C
00181014 TM TimeOfSecondaryCapture X fullDates:K modifiedDates:C
00181030 LO ProtocolName X/D descriptors:C
00181042 TM ContrastBolusStartTime X fullDates:K modifiedDates:C
00181043 TM ContrastBolusStopTime X fullDates:K modifiedDates:C
00181072 TM RadiopharmaceuticalStartTime X fullDates:K modifiedDates:C
00181073 TM RadiopharmaceuticalStopTime X fullDates:K modifiedDates:C
00181078 DT RadiopharmaceuticalStartDateTime X fullDates:K modifiedDates:C
00181079 DT RadiopharmaceuticalStopDateTime X fullDates:K modifiedDates:C
001811bb LO AcquisitionFieldOfViewLabel D descriptors:C
00181200 DA DateOfLastCalibration X device:K fullDates:K modifiedDates:C
00181201 TM TimeOfLastCalibration X device:K fullDates:K modifiedDates:C
00181202 DT DateTimeOfLastCalibration X device:K fullDates:K modifiedDates:C
00181203 DT CalibrationDateTime Z device:K fullDates:K modifiedDates:C
00181204 DA DateOfManufacture X device:K fullDates:K modifiedDates:C
00181205 DA DateOfInstallation X device:K fullDates:K modifiedDates:C
00181400 LO AcquisitionDeviceProcessingDescription X/D descriptors:C
00182042 UI TargetUID U uids:K
00184000 LT AcquisitionComments X descriptors:C
00185011 SQ TransducerIdentificationSequence X device:K
0018700a SH DetectorID X/D device:K
0018700c DA DateOfLastDetectorCalibration X/D device:K fullDates:K modifiedDates:C
0018700e TM TimeOfLastDetectorCalibration X/D device:K fullDates:K modifiedDates:C
00189074 DT FrameAcquisitionDateTime D fullDates:K modifiedDates:C
00189151 DT FrameReferenceDateTime D fullDates:K modifiedDates:C
00189185 ST RespiratoryMotionCompensationTechniqueDescription X descriptors:C
00189367 UC XRaySourceID D device:K
00189369 DT SourceStartDateTime D fullDates:K modifiedDates:C
0018936a DT SourceEndDateTime D fullDates:K modifiedDates:C
00189371 UC XRayDetectorID D device:K
00189373 ST XRayDetectorLabel X device:K
0018937b UT MultienergyAcquisitionDescription X descriptors:C
0018937f UT DecompositionDescription X descriptors:C
00189424 LT AcquisitionProtocolDescription X descriptors:C
00189516 DT StartAcquisitionDateTime X/D fullDates:K modifiedDates:C
00189517 DT EndAcquisitionDateTime X/D fullDates:K modifiedDates:C
00189623 DT FunctionalSyncPulse D fullDates:K modifiedDates:C
00189701 DT DecayCorrectionDateTime D fullDates:K modifiedDates:C
00189804 DT ExclusionStartDateTime D fullDates:K modifiedDates:C
00189919 DT InstructionPerformedDateTime Z/D fullDates:K modifiedDates:C
00189937 LO RequestedSeriesDescription X descriptors:C
0018a002 DT ContributionDateTime X fullDates:K modifiedDates:C
0018a003 ST ContributionDescription X descriptors:C
0020000d UI StudyInstanceUID U uids:K
0020000e UI SeriesInstanceUID U uids:K
00200010 SH StudyID Z
00200027 LO PyramidLabel X descriptors:C
00200052 UI FrameOfReferenceUID U uids:K
00200200 UI SynchronizationFrameOfReferenceUID U uids:K
00203401 CS ModifyingDeviceID X device:K
00203403 DA ModifiedImageDate X fullDates:K modifiedDates:C
00203405 TM ModifiedImageTime X fullDates:K modifiedDates:C
00203406 LO ModifiedImageDescription X
00204000 LT ImageComments X descriptors:C
00209158 LT FrameComments X descriptors:C
00209161 UI ConcatenationUID U uids:K
00209164 UI DimensionOrganizationUID U uids:K
00281199 UI PaletteColorLookupTableUID U uids:K
00281214 UI LargePaletteColorLookupTableUID U uids:K
00284000 LT ImagePresentationComments X
00320012 LO StudyIDIssuer X
00320032 DA StudyVerifiedDate X fullDates:K modifiedDates:C
00320033 TM StudyVerifiedTime X fullDates:K modifiedDates:C
00320034 DA StudyReadDate X fullDates:K modifiedDates:C
00320035 TM StudyReadTime X fullDates:K modifiedDates:C
00321000 DA ScheduledStudyStartDate X fullDates:K modifiedDates:C
00321001 TM ScheduledStudyStartTime X fullDates:K modifiedDates:C
00321010 DA ScheduledStudyStopDate X fullDates:K modifiedDates:C
00321011 TM ScheduledStudyStopTime X fullDates:K modifiedDates:C
00321020 LO ScheduledStudyLocation X device:K
00321021 AE ScheduledStudyLocationAETitle X device:C
00321030 LO ReasonForStudy X descriptors:C
00321032 PN RequestingPhysician X
00321033 LO RequestingService X
00321040 DA StudyArrivalDate X fullDates:K modifiedDates:C
00321041 TM StudyArrivalTime X fullDates:K modifiedDates:C
00321050 DA StudyCompletionDate X fullDates:K modifiedDates:C
00321051 TM StudyCompletionTime X fullDates:K modifiedDates:C
00321060 LO RequestedProcedureDescription X/Z descriptors:C
00321066 UT ReasonForVisit X descriptors:C
00321067 SQ ReasonForVisitCodeSequence X descriptors:C
00321070 LO RequestedContrastAgent X descriptors:C
00324000 LT StudyComments X descriptors:C
00340001 SQ FlowIdentifierSequence D
00340002 OB FlowIdentifier D
00340005 OB SourceIdentifier D
00340007 OB FrameOriginTimestamp D fullDates:K modifiedDates:C
00380004 SQ ReferencedPatientAliasSequence X
00380010 LO AdmissionID X
00380011 LO IssuerOfAdmissionID X
00380014 SQ IssuerOfAdmissionIDSequence X
0038001a DA ScheduledAdmissionDate X fullDates:K modifiedDates:C
0038001b TM ScheduledAdmissionTime X fullDates:K modifiedDates:C
0038001c DA ScheduledDischargeDate X fullDates:K modifiedDates:C
0038001d TM ScheduledDischargeTime X fullDates:K modifiedDates:C
0038001e LO ScheduledPatientInstitutionResidence X
00380020 DA AdmittingDate X fullDates:K modifiedDates:C
00380021 TM AdmittingTime X fullDates:K modifiedDates:C
00380030 DA DischargeDate X fullDates:K modifiedDates:C
00380032 TM DischargeTime X fullDates:K modifiedDates:C
00380040 LO DischargeDiagnosisDescription X descriptors:C
00380050 LO SpecialNeeds X patient:C
00380060 LO ServiceEpisodeID X
00380061 LO IssuerOfServiceEpisodeID X
00380062 LO ServiceEpisodeDescription X descriptors:C
00380064 SQ IssuerOfServiceEpisodeIDSequence X
00380300 LO CurrentPatientLocation X
00380400 LO PatientInstitutionResidence X
00380500 LO PatientState X patient:C descriptors:C
00384000 LT VisitComments X descriptors:C
003a0310 UI MultiplexGroupUID U uids:K
003a0314 DT ImpedanceMeasurementDateTime D fullDates:K modifiedDates:C
003a0329 ST WaveformFilterDescription X descriptors:C
003a032b ST FilterLookupTableDescription X descriptors:C
00400001 AE ScheduledStationAETitle X device:C
00400002 DA ScheduledProcedureStepStartDate X fullDates:K modifiedDates:C
00400003 TM ScheduledProcedureStepStartTime X fullDates:K modifiedDates:C
00400004 DA ScheduledProcedureStepEndDate X fullDates:K modifiedDates:C
00400005 TM ScheduledProcedureStepEndTime X fullDates:K modifiedDates:C
00400006 PN ScheduledPerformingPhysicianName X
00400007 LO ScheduledProcedureStepDescription X descriptors:C
00400009 SH ScheduledProcedureStepID X
0040000b SQ ScheduledPerformingPhysicianIdentificationSequence X
00400010 SH ScheduledStationName X device:K
00400011 SH ScheduledProcedureStepLocation X device:K
00400012 LO PreMedication X patient:C
00400241 AE PerformedStationAETitle X device:C
00400242 SH PerformedStationName X device:K
00400243 SH PerformedLocation X
00400244 DA PerformedProcedureStepStartDate X fullDates:K modifiedDates:C
00400245 TM PerformedProcedureStepStartTime X fullDates:K modifiedDates:C
00400250 DA PerformedProcedureStepEndDate X fullDates:K modifiedDates:C
00400251 TM PerformedProcedureStepEndTime X fullDates:K modifiedDates:C
00400253 SH PerformedProcedureStepID X
00400254 LO PerformedProcedureStepDescription X descriptors:C
00400275 SQ RequestAttributesSequence X descriptors:C
00400280 ST CommentsOnThePerformedProcedureStep X descriptors:C
00400310 ST CommentsOnRadiationDose X descriptors:C
0040050a LO SpecimenAccessionNumber X
00400512 LO ContainerIdentifier D
00400513 SQ IssuerOfTheContainerIdentifierSequence Z
0040051a LO ContainerDescription X descriptors:C
00400551 LO SpecimenIdentifier D
00400554 UI SpecimenUID U uids:K
00400555 SQ AcquisitionContextSequence X/Z structured:C
00400562 SQ IssuerOfTheSpecimenIdentifierSequence Z
00400600 LO SpecimenShortDescription X descriptors:C
00400602 UT SpecimenDetailedDescription X descriptors:C
00400610 SQ SpecimenPreparationSequence Z structured:C
004006fa LO SlideIdentifier X
00401001 SH RequestedProcedureID X
00401002 LO ReasonForTheRequestedProcedure X descriptors:C
00401004 LO PatientTransportArrangements X
00401005 LO RequestedProcedureLocation X
0040100a SQ ReasonForRequestedProcedureCodeSequence X descriptors:C
00401010 PN NamesOfIntendedRecipientsOfResults X
00401011 SQ IntendedRecipientsOfResultsIdentificationSequence X
00401101 SQ PersonIdentificationCodeSequence D
00401102 ST PersonAddress X
00401103 LO PersonTelephoneNumbers X
00401104 LT PersonTelecomInformation X
00401400 LT RequestedProcedureComments X descriptors:C
00402001 LO ReasonForTheImagingServiceRequest X descriptors:C
00402004 DA IssueDateOfImagingServiceRequest X fullDates:K modifiedDates:C
00402005 TM IssueTimeOfImagingServiceRequest X fullDates:K modifiedDates:C
00402008 PN OrderEnteredBy X
00402009 SH OrderEntererLocation X
00402010 SH OrderCallbackPhoneNumber X
00402011 LT OrderCallbackTelecomInformation X
00402016 LO PlacerOrderNumberImagingServiceRequest Z
00402017 LO FillerOrderNumberImagingServiceRequest Z
00402400 LT ImagingServiceRequestComments X descriptors:C
00403001 LO ConfidentialityConstraintOnPatientDataDescription X
00404005 DT ScheduledProcedureStepStartDateTime X fullDates:K modifiedDates:C
00404008 DT ScheduledProcedureStepExpirationDateTime X fullDates:K modifiedDates:C
00404010 DT ScheduledProcedureStepModificationDateTime X fullDates:K modifiedDates:C
00404011 DT ExpectedCompletionDateTime X fullDates:K modifiedDates:C
00404023 UI ReferencedGeneralPurposeScheduledProcedureStepTransactionUID U uids:K
00404025 SQ ScheduledStationNameCodeSequence X device:K
00404027 SQ ScheduledStationGeographicLocationCodeSequence X device:K
00404028 SQ PerformedStationNameCodeSequence X device:K
00404030 SQ PerformedStationGeographicLocationCodeSequence X device:K
00404034 SQ ScheduledHumanPerformersSequence X
00404035 SQ ActualHumanPerformersSequence X
00404036 LO HumanPerformerOrganization X
00404037 PN HumanPerformerName X
00404050 DT PerformedProcedureStepStartDateTime X fullDates:K modifiedDates:C
00404051 DT PerformedProcedureStepEndDateTime X fullDates:K modifiedDates:C
00404052 DT ProcedureStepCancellationDateTime X fullDates:K modifiedDates:C
0040a023 DA FindingsGroupRecordingDateTrial X fullDates:K modifiedDates:C
0040a024 TM FindingsGroupRecordingTimeTrial X fullDates:K modifiedDates:C
0040a027 LO VerifyingOrganization D
0040a030 DT VerificationDateTime D fullDates:K modifiedDates:C
0040a032 DT ObservationDateTime X/D fullDates:K modifiedDates:C
0040a033 DT ObservationStartDateTime X fullDates:K modifiedDates:C
0040a073 SQ VerifyingObserverSequence D
0040a075 PN VerifyingObserverName D
0040a078 SQ AuthorObserverSequence X
0040a07a SQ ParticipantSequence X
0040a07c SQ CustodialOrganizationSequence X
0040a082 DT ParticipationDateTime Z fullDates:K modifiedDates:C
0040a088 SQ VerifyingObserverIdentificationCodeSequence Z
0040a110 DA DateOfDocumentOrVerbalTransactionTrial X fullDates:K modifiedDates:C
0040a112 TM TimeOfDocumentCreationOrVerbalTransactionTrial X fullDates:K modifiedDates:C
0040a120 DT DateTime D fullDates:K modifiedDates:C
0040a121 DA Date D fullDates:K modifiedDates:C
0040a122 TM Time D fullDates:K modifiedDates:C
0040a123 PN PersonName D
0040a124 UI UID U
0040a13a DT ReferencedDateTime D fullDates:K modifiedDates:C
0040a171 UI ObservationUID U uids:K
0040a172 UI ReferencedObservationUIDTrial U uids:K
0040a192 DA ObservationDateTrial X fullDates:K modifiedDates:C
0040a193 TM ObservationTimeTrial X fullDates:K modifiedDates:C
0040a307 PN CurrentObserverTrial X
0040a352 PN VerbalSourceTrial X
0040a353 ST AddressTrial X
0040a354 LO TelephoneNumberTrial X
0040a358 SQ VerbalSourceIdentifierCodeSequenceTrial X
0040a402 UI ObservationSubjectUIDTrial U uids:K
0040a730 SQ ContentSequence D structured:C
0040db06 DT TemplateVersion X fullDates:K modifiedDates:C
0040db07 DT TemplateLocalVersion X fullDates:K modifiedDates:C
0040db0c UI TemplateExtensionOrganizationUID U uids:K
0040db0d UI TemplateExtensionCreatorUID U uids:K
0040e004 DT HL7DocumentEffectiveTime X fullDates:K modifiedDates:C
00420011 OB EncapsulatedDocument D
00440004 DT ApprovalStatusDateTime X fullDates:K modifiedDates:C
0044000b DT ProductExpirationDateTime X fullDates:K modifiedDates:C
00440010 DT SubstanceAdministrationDateTime X fullDates:K modifiedDates:C
00440104 DT AssertionDateTime D fullDates:K modifiedDates:C
00440105 DT AssertionExpirationDateTime X fullDates:K modifiedDates:C
0050001b LO ContainerComponentID X
00500020 LO DeviceDescription X device:K
00500021 ST LongDeviceDescription X descriptors:C
00620021 UI TrackingUID U uids:K
00640003 UI SourceFrameOfReferenceUID U uids:K
00686226 DT EffectiveDateTime D fullDates:K modifiedDates:C
00686270 DT InformationIssueDateTime D fullDates:K modifiedDates:C
006a0003 UI AnnotationGroupUID D uids:K
006a0005 LO AnnotationGroupLabel D descriptors:C
006a0006 UT AnnotationGroupDescription X descriptors:C
00700001 SQ GraphicAnnotationSequence D graphics:C
00700082 DA PresentationCreationDate X fullDates:K modifiedDates:C
00700083 TM PresentationCreationTime X fullDates:K modifiedDates:C
00700084 PN ContentCreatorName Z/D
00700086 SQ ContentCreatorIdentificationCodeSequence X
0070031a UI FiducialUID U uids:K
00701101 UI PresentationDisplayCollectionUID U uids:K
00701102 UI PresentationSequenceCollectionUID U uids:K
0072000a DT HangingProtocolCreationDateTime D fullDates:K modifiedDates:C
0072005e AE SelectorAEValue D device:C
0072005f AS SelectorASValue D patient:K
00720061 DA SelectorDAValue D fullDates:K modifiedDates:C
00720063 DT SelectorDTValue D fullDates:K modifiedDates:C
00720065 OB SelectorOBValue D
00720066 LO SelectorLOValue D descriptors:C
00720068 LT SelectorLTValue D descriptors:C
0072006a PN SelectorPNValue D
0072006b TM SelectorTMValue D fullDates:K modifiedDates:C
0072006c SH SelectorSHValue D descriptors:C
0072006d UN SelectorUNValue D
0072006e ST SelectorSTValue D descriptors:C
00720070 UT SelectorUTValue D descriptors:C
00720071 UR SelectorURValue D
00741234 AE ReceivingAE X device:C
00741236 AE RequestingAE X device:C
00880140 UI StorageMediaFileSetUID U uids:K
00880200 SQ IconImageSequence X
00880904 LO TopicTitle X
00880906 ST TopicSubject X
00880910 LO TopicAuthor X
00880912 LO TopicKeywords X
01000420 DT SOPAuthorizationDateTime X fullDates:K modifiedDates:C
04000100 UI DigitalSignatureUID U
04000105 DT DigitalSignatureDateTime D fullDates:K modifiedDates:C
04000115 OB CertificateOfSigner D
04000310 OB CertifiedTimestamp X fullDates:K modifiedDates:C
04000402 SQ ReferencedDigitalSignatureSequence X
04000403 SQ ReferencedSOPInstanceMACSequence X
04000404 OB MAC X
04000550 SQ ModifiedAttributesSequence X
04000551 SQ NonconformingModifiedAttributesSequence X
04000552 OB NonconformingDataElementValue X
04000561 SQ OriginalAttributesSequence X
04000562 DT AttributeModificationDateTime D fullDates:K modifiedDates:C
04000563 LO ModifyingSystem D device:K
04000564 LO SourceOfPreviousValues Z institution:K
04000565 CS ReasonForTheAttributeModification D descriptors:C
04000600 CS InstanceOriginStatus X
20300020 LO TextString X
21000040 DA CreationDate X fullDates:K modifiedDates:C
21000050 TM CreationTime X fullDates:K modifiedDates:C
21000070 AE Originator X device:C
21000140 AE DestinationAE D device:C
22000002 UT LabelText X/Z descriptors:C
22000005 LT BarcodeValue X/Z
30020121 LO PositionAcquisitionTemplateName X descriptors:C
30020123 LT PositionAcquisitionTemplateDescription X descriptors:C
30060002 SH StructureSetLabel D descriptors:C
30060004 LO StructureSetName X descriptors:C
30060006 ST StructureSetDescription X descriptors:C
30060008 DA StructureSetDate Z fullDates:K modifiedDates:C
30060009 TM StructureSetTime Z fullDates:K modifiedDates:C
30060024 UI ReferencedFrameOfReferenceUID U uids:K
30060026 LO ROIName Z descriptors:C
30060028 ST ROIDescription X descriptors:C
3006002d DT ROIDateTime X fullDates:K modifiedDates:C
3006002e DT ROIObservationDateTime X fullDates:K modifiedDates:C
30060038 LO ROIGenerationDescription X descriptors:C
3006004d SQ ROICreatorSequence X
3006004e SQ ROIInterpreterSequence X
30060085 SH ROIObservationLabel X descriptors:C
30060088 ST ROIObservationDescription X descriptors:C
300600a6 PN ROIInterpreter Z
300600c2 UI RelatedFrameOfReferenceUID U uids:K
30080024 DA TreatmentControlPointDate D fullDates:K modifiedDates:C
30080025 TM TreatmentControlPointTime D fullDates:K modifiedDates:C
30080054 DA FirstTreatmentDate X/D fullDates:K modifiedDates:C
30080056 DA MostRecentTreatmentDate X/D fullDates:K modifiedDates:C
30080105 LO SourceSerialNumber X/Z device:K
30080162 DA SafePositionExitDate D fullDates:K modifiedDates:C
30080164 TM SafePositionExitTime D fullDates:K modifiedDates:C
30080166 DA SafePositionReturnDate D fullDates:K modifiedDates:C
30080168 TM SafePositionReturnTime D fullDates:K modifiedDates:C
30080250 DA TreatmentDate X/D fullDates:K modifiedDates:C
30080251 TM TreatmentTime X/D fullDates:K modifiedDates:C
300a0002 SH RTPlanLabel D descriptors:C
300a0003 LO RTPlanName X descriptors:C
300a0004 ST RTPlanDescription X descriptors:C
300a0006 DA RTPlanDate X/D fullDates:K modifiedDates:C
300a0007 TM RTPlanTime X/D fullDates:K modifiedDates:C
300a000b LO TreatmentSites X descriptors:C
300a000e ST PrescriptionDescription X descriptors:C
300a0013 UI DoseReferenceUID U uids:K
300a0016 LO DoseReferenceDescription X descriptors:C
300a0072 LO FractionGroupDescription X descriptors:C
300a0083 UI ReferencedDoseReferenceUID U uids:K
300a00b2 SH TreatmentMachineName X/Z device:K
300a00c3 ST BeamDescription X descriptors:C
300a00dd ST BolusDescription X descriptors:C
300a0196 ST FixationDeviceDescription X descriptors:C
300a01a6 ST ShieldingDeviceDescription X descriptors:C
300a01b2 ST SetupTechniqueDescription X descriptors:C
300a0216 LO SourceManufacturer X device:K
300a022c DA SourceStrengthReferenceDate D fullDates:K modifiedDates:C
300a022e TM SourceStrengthReferenceTime D fullDates:K modifiedDates:C
300a02eb LT CompensatorDescription X descriptors:C
300a0608 LO TreatmentPositionGroupLabel D descriptors:C
300a0609 UI TreatmentPositionGroupUID U uids:K
300a0611 LO RTAccessoryHolderSlotID Z
300a0615 LO RTAccessoryDeviceSlotID Z
300a0619 LO RadiationDoseIdentificationLabel D descriptors:C
300a0623 LO RadiationDoseInVivoMeasurementLabel D descriptors:C
300a062a LO RTToleranceSetLabel D descriptors:C
300a0650 UI PatientSetupUID U uids:K
300a0676 ST EquipmentFrameOfReferenceDescription X descriptors:C
300a067c SH RadiationGenerationModeLabel D descriptors:C
300a067d ST RadiationGenerationModeDescription Z descriptors:C
300a0700 UI TreatmentSessionUID U uids:K
300a0734 ST TreatmentToleranceViolationDescription D descriptors:C
300a0736 DT TreatmentToleranceViolationDateTime D fullDates:K modifiedDates:C
300a073a DT RecordedRTControlPointDateTime D fullDates:K modifiedDates:C
300a0741 DT InterlockDateTime D fullDates:K modifiedDates:C
300a0742 ST InterlockDescription D descriptors:C
300a0760 DT OverrideDateTime D fullDates:K modifiedDates:C
300a0783 ST InterlockOriginDescription D descriptors:C
300a0785 UI ReferencedTreatmentPositionGroupUID U uids:K
300a078e LT PatientTreatmentPreparationProcedureParameterDescription X descriptors:C
300a0792 LT PatientTreatmentPreparationMethodDescription X descriptors:C
300a0794 LT PatientSetupPhotoDescription X descriptors:C
300a079a LO DisplacementReferenceLabel X descriptors:C
300c0113 LO ReasonForOmissionDescription X descriptors:C
300c0127 DT BeamHoldTransitionDateTime D device:K fullDates:K modifiedDates:C
300e0004 DA ReviewDate Z fullDates:K modifiedDates:C
300e0005 TM ReviewTime Z fullDates:K modifiedDates:C
300e0008 PN ReviewerName X/Z
30100006 UI ConceptualVolumeUID U uids:K
3010000b UI ReferencedConceptualVolumeUID U uids:K
3010000f ST ConceptualVolumeCombinationDescription Z descriptors:C
30100013 UI ConstituentConceptualVolumeUID U uids:K
30100015 UI SourceConceptualVolumeUID U uids:K
30100017 ST ConceptualVolumeDescription Z descriptors:C
3010001b UC DeviceAlternateIdentifier Z
3010002d LO DeviceLabel D device:K
30100031 UI ReferencedFiducialsUID U uids:K
30100033 SH UserContentLabel D descriptors:C
30100034 LO UserContentLongLabel D descriptors:C
30100035 SH EntityLabel D descriptors:C
30100036 LO EntityName X descriptors:C
30100037 ST EntityDescription X descriptors:C
30100038 LO EntityLongLabel D descriptors:C
3010003b UI RTTreatmentPhaseUID U uids:K
30100043 ST ManufacturerDeviceIdentifier Z device:K
3010004c DA IntendedPhaseStartDate X/D fullDates:K modifiedDates:C
3010004d DA IntendedPhaseEndDate X/D fullDates:K modifiedDates:C
30100054 LO RTPrescriptionLabel D descriptors:C
30100056 LO RTTreatmentApproachLabel X/D descriptors:C
3010005a UT RTPhysicianIntentNarrative Z descriptors:C
3010005c ST ReasonForSuperseding Z descriptors:C
30100061 UT PriorTreatmentDoseDescription X descriptors:C
3010006e UI DosimetricObjectiveUID U uids:K
3010006f UI ReferencedDosimetricObjectiveUID U uids:K
30100077 LO TreatmentSite X/D descriptors:C
3010007a UT TreatmentTechniqueNotes Z descriptors:C
3010007b UT PrescriptionNotes Z descriptors:C
3010007f UT FractionationNotes Z descriptors:C
30100081 SQ PrescriptionNotesSequence Z descriptors:C
30100085 TM IntendedFractionStartTime X fullDates:K modifiedDates:C
40000010 LT Arbitrary X
40004000 LT TextComments X
40080040 SH ResultsID X
40080042 LO ResultsIDIssuer X
40080100 DA InterpretationRecordedDate X fullDates:K modifiedDates:C
40080101 TM InterpretationRecordedTime X fullDates:K modifiedDates:C
40080102 PN InterpretationRecorder X
40080108 DA InterpretationTranscriptionDate X fullDates:K modifiedDates:C
40080109 TM InterpretationTranscriptionTime X fullDates:K modifiedDates:C
4008010a PN InterpretationTranscriber X
4008010b ST InterpretationText X descriptors:C
4008010c PN InterpretationAuthor X
40080111 SQ InterpretationApproverSequence X
40080112 DA InterpretationApprovalDate X fullDates:K modifiedDates:C
40080113 TM InterpretationApprovalTime X fullDates:K modifiedDates:C
40080114 PN PhysicianApprovingInterpretation X
40080115 LT InterpretationDiagnosisDescription X descriptors:C
40080118 SQ ResultsDistributionListSequence X
40080119 PN DistributionName X
4008011a LO DistributionAddress X
40080200 SH InterpretationID X
40080202 LO InterpretationIDIssuer X
40080300 ST Impressions X descriptors:C
40084000 ST ResultsComments X descriptors:C
50xxxxxx * CurveData X graphics:C
60xx3000 OW OverlayData X graphics:C
60xx4000 LT OverlayComments X graphics:C
fffafffa SQ DigitalSignaturesSequence X
fffcfffc OB DataSetTrailingPadding X
private * PrivateAttributes X private:C
`;
