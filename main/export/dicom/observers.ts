import { derivedUid } from '../../dicom/derived-uid.ts';
import { codes } from '../../dicom/write/codes.ts';
import {
  codeValue,
  personItem,
  related,
  type RelatedItem,
  textItem,
  uidItem,
} from '../../dicom/write/content-item.ts';
import type { Signer } from './document-state.ts';
import { plainName, plainText } from './plain-text.ts';
import { manufacturer } from './study-modules.ts';

/** Who made the report (TID 1002): this software, and the person who signed, where one did. */
export function observers(softwareVersion: string, signer: Signer | null): RelatedItem[] {
  const device = derivedUid('device', [manufacturer, softwareVersion]);
  const person = signer === null ? null : plainName(signer.name);
  const organisation = plainText(signer?.organisation ?? null, 64);
  return [
    codeValue(codes.observerType, codes.device),
    uidItem(codes.deviceUid, device),
    textItem(codes.deviceName, manufacturer),
    textItem(codes.deviceManufacturer, manufacturer),
    textItem(codes.deviceModel, `${manufacturer} ${softwareVersion}`),
    ...(person === null
      ? []
      : [
          codeValue(codes.observerType, codes.person),
          personItem(codes.personName, person),
          ...(organisation === null ? [] : [textItem(codes.personOrganisation, organisation)]),
        ]),
  ].map((item) => related('HAS OBS CONTEXT', item));
}
