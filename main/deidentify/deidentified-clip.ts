import { actionOf } from '../../core/deidentify/action.ts';
import type { SaidView } from '../../core/clip/view.ts';
import { studyUidOf } from '../../core/clip/study-key.ts';
import type { ByteSource } from '../dicom/byte-source.ts';
import { textDecoding } from '../dicom/character-set.ts';
import type { ElementEncoding } from '../dicom/element-header.ts';
import { readHeader } from '../dicom/header.ts';
import { sexes } from '../dicom/write/sexes.ts';
import type { OpenInstance } from '../dicom/instance.ts';
import { transferSyntax } from '../dicom/transfer-syntax.ts';
import { fileHead } from '../dicom/write/file-head.ts';
import type { ClipTask } from './clip-task.ts';
import { type DataSetContext, deidentifiedDataSet, sequencesToRead } from './deidentified-data-set.ts';
import { Identifiers, identifyingTexts } from './identifiers.ts';
import { methodAttributes } from './method-attributes.ts';
import { encodeElements, type OutElement, textValue } from './out-element.ts';
import { patientIdentity } from './patient-identity.ts';
import type { ChangedAttribute, CleanedPixels } from './pixels/cleaned-pixels.ts';
import { ProjectKey } from './project-key.ts';
import { harmlessStage } from './stage-names.ts';

/** All of a de-identified file but its pixel data. */
export interface ClipHead {
  readonly sopInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly studyInstanceUid: string;
  readonly patient: string;
  readonly transferSyntaxUid: string;
  /** Preamble, file meta information and the data set up to the pixel data. */
  readonly bytes: Uint8Array;
  readonly encoding: ElementEncoding;
  readonly removed: number;
}

const explicitLittleEndian = '1.2.840.10008.1.2.1';
const seriesDescription = 0x0008_103e;
const stageName = 0x0008_2120;
const viewCodes = 0x0054_0220;
const patientSex = 0x0010_0040;
const patientAge = 0x0010_1010;
const uidTags = {
  sopInstanceUid: 0x0008_0018,
  seriesInstanceUid: 0x0020_000e,
  studyInstanceUid: 0x0020_000d,
} as const;

/**
 * The head of a clip's file as it may leave. The UIDs are those of the facts, so that a file without them gets those that
 * the library knows it by.
 */
export function deidentifiedHead(
  file: ByteSource,
  clip: OpenInstance,
  pixels: Pick<CleanedPixels, 'changed' | 'transferSyntaxUid'>,
  task: Omit<ClipTask, 'mask' | 'path' | 'sha256' | 'target'>,
): ClipHead {
  const { policy } = task;
  const key = new ProjectKey(task.key);
  const header = readHeader(file, task.fileName, { sequences: sequencesToRead(policy) });
  const { attributes, dataSet } = header;
  const identity = patientIdentity(task.patient ?? clip.study.patient, clip.study.studyInstanceUid);
  const context: DataSetContext = {
    source: header.source,
    decoding: textDecoding(attributes.texts('x00080005')),
    policy,
    key,
    patient: identity,
    identifiers: Identifiers.of(identifyingTexts(attributes), ...(task.others ?? [])),
  };
  const kept = deidentifiedDataSet(dataSet, context);
  const facts = { ...clip.clip, studyInstanceUid: studyUidOf(clip.clip.studyInstanceUid) };
  const uid = (of: keyof typeof uidTags): string =>
    actionOf(uidTags[of], policy) === 'keep' ? facts[of] : key.uid(facts[of]);
  const uids = {
    sopInstanceUid: uid('sopInstanceUid'),
    seriesInstanceUid: uid('seriesInstanceUid'),
    studyInstanceUid: uid('studyInstanceUid'),
  };
  const stays = new Map(kept.map((element) => [element.tag, element]));
  const put = (element: OutElement): void => void stays.set(element.tag, element);
  put(textElement(0x0008_0016, 'UI', facts.sopClassUid));
  for (const [of, tag] of Object.entries(uidTags)) {
    put(textElement(tag, 'UI', uids[of as keyof typeof uidTags]));
  }
  const described = descriptionOf(clip.clip.view);
  const hadWords = dataSet.elements.has('x0008103e') || dataSet.elements.has('x00204000');
  if (described !== null && hadWords && !stays.has(viewCodes) && !policy.choices.has(seriesDescription)) {
    put(textElement(seriesDescription, 'LO', described));
  }
  // Another name in the place of somebody's: what is told apart by stages stays so.
  const { stage } = clip.clip;
  const words = task.others === null ? Identifiers.anything() : context.identifiers;
  const harmless = harmlessStage(stage, words, key, identity)?.name ?? null;
  if (harmless !== null && harmless !== stage?.name && actionOf(stageName, policy) === 'keep') {
    if (!policy.choices.has(stageName)) put(textElement(stageName, 'SH', harmless));
  }
  // Both are of type 2: a file without them gets them, so that viewers have something to tell patients apart by.
  for (const [tag, vr] of [
    [0x0010_0010, 'PN'],
    [0x0010_0020, 'LO'],
  ] as const) {
    if (!stays.has(tag)) put(textElement(tag, vr, key.pseudonym(identity)));
  }
  if (task.patient !== undefined) {
    const { sex, statedAge } = task.patient;
    const said = sexes[sex];
    if (stays.has(patientSex) && said === null) stays.delete(patientSex);
    if (stays.has(patientSex) && said !== null) put(textElement(patientSex, 'CS', said));
    // It went by the date of birth that was corrected.
    if (statedAge === undefined) stays.delete(patientAge);
  }
  const { littleEndian } = header.encoding;
  const syntaxUid = writtenSyntax(pixels.transferSyntaxUid);
  const encoding = {
    explicit: transferSyntax(syntaxUid)?.explicitVr ?? header.encoding.explicit,
    littleEndian,
  };
  for (const changed of pixels.changed) {
    if (changed.values.length === 0) stays.delete(changed.tag);
    else if (changed.whenAbsent !== true || !stays.has(changed.tag)) {
      put(changedElement(changed, littleEndian));
    }
  }
  methodAttributes(task).forEach(put);
  const elements = [...stays.values()].toSorted((a, b) => a.tag - b.tag);
  const head = fileHead(facts.sopClassUid, uids.sopInstanceUid, syntaxUid);
  return {
    ...uids,
    transferSyntaxUid: syntaxUid,
    patient: key.pseudonym(identity),
    bytes: Buffer.concat([head, encodeElements(elements, encoding)]),
    encoding,
    removed: [...dataSet.elements.keys()].filter((tag) => !stays.has(Number.parseInt(tag.slice(1), 16)))
      .length,
  };
}

/** In the place of somebody's words, the view that they told, in words of ours that tell it again. */
function descriptionOf({ code, source }: SaidView): string | null {
  if (source !== 'file') return null;
  switch (code) {
    case 'a4c':
      return 'Apical 4 chamber';
    case 'a2c':
      return 'Apical 2 chamber';
    case 'a3c':
      return 'Apical long axis';
    default:
      return null;
  }
}

/** A deflated data set is not deflated again. */
function writtenSyntax(uid: string): string {
  return transferSyntax(uid)?.deflated === true ? explicitLittleEndian : uid;
}

function textElement(tag: number, vr: string, text: string): OutElement {
  return { tag, vr, value: textValue(vr, text) };
}

function changedElement({ tag, vr, values }: ChangedAttribute, littleEndian: boolean): OutElement {
  if (vr !== 'US') return textElement(tag, vr, values.join('\\'));
  const view = new DataView(new ArrayBuffer(values.length * 2));
  values.forEach((value, index) => view.setUint16(index * 2, Number(value), littleEndian));
  return { tag, vr, value: new Uint8Array(view.buffer) };
}
