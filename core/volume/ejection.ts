/**
 * Ejection fraction 100·(EDV − ESV)/EDV in %, for any unit of volume; negative when ESV is the larger.
 * The caller makes sure that the end-diastolic volume is above zero.
 */
export function ejectionFraction(endDiastolic: number, endSystolic: number): number {
  return (100 * (endDiastolic - endSystolic)) / endDiastolic;
}
