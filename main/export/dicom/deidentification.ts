import {
  type DeidentificationMethod,
  type MethodClaims,
  saidMethod,
} from '../../../core/deidentify/method.ts';
import { attributes } from '../../dicom/write/attributes.ts';
import { codeItem } from '../../dicom/write/code-item.ts';
import { element, type Element } from '../../dicom/write/element.ts';

/**
 * That an object left without its patient, and by what (PS3.3 sections C.7.1.1 and C.12.1), as clips say it; nothing of one
 * that names its patient.
 */
export function deidentification(method: DeidentificationMethod | null, claims: MethodClaims): Element[] {
  if (method === null) return [];
  const { identityRemoved, methods, codes, time } = saidMethod(method, claims);
  return [
    element(attributes.PatientIdentityRemoved, identityRemoved),
    element(attributes.DeidentificationMethod, ...methods),
    element(
      attributes.DeidentificationMethodCodeSequence,
      ...codes.map((code) => codeItem({ scheme: 'DCM', ...code })),
    ),
    element(attributes.LongitudinalTemporalInformationModified, time),
  ];
}
