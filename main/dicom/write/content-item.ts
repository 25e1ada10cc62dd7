import { attributes } from './attributes.ts';
import { codeItem } from './code-item.ts';
import { type Code, codes } from './codes.ts';
import { roundedDecimal } from './decimal.ts';
import { type DataSet, element, type Element, inOrder } from './element.ts';

/** How an item of a structured report belongs to the one above it (PS3.3 section C.17.3.2.4). */
export type Relationship =
  | 'CONTAINS'
  | 'HAS ACQ CONTEXT'
  | 'HAS CONCEPT MOD'
  | 'HAS OBS CONTEXT'
  | 'HAS PROPERTIES'
  | 'INFERRED FROM'
  | 'SELECTED FROM';

/** An item of a report's tree, without its relationship to the one above it. */
export interface ContentItem {
  readonly valueType: string;
  /** null for images and coordinates, which need no name. */
  readonly name: Code | null;
  readonly value: readonly Element[];
  readonly children: readonly RelatedItem[];
}

export interface RelatedItem {
  readonly relationship: Relationship;
  readonly item: ContentItem;
}

export const related = (relationship: Relationship, item: ContentItem): RelatedItem => ({
  relationship,
  item,
});

const item = (
  valueType: string,
  name: Code | null,
  value: readonly Element[],
  children: readonly RelatedItem[] = [],
): ContentItem => ({ valueType, name, value, children });

export const containerItem = (name: Code, children: readonly RelatedItem[]): ContentItem =>
  item('CONTAINER', name, [element(attributes.ContinuityOfContent, 'SEPARATE')], children);

export const codeValue = (name: Code, value: Code): ContentItem =>
  item('CODE', name, [element(attributes.ConceptCodeSequence, codeItem(value))]);

export const textItem = (name: Code, text: string): ContentItem =>
  item('TEXT', name, [element(attributes.TextValue, text)]);

export const uidItem = (name: Code, uid: string): ContentItem =>
  item('UIDREF', name, [element(attributes.UID, uid)]);

export const personItem = (name: Code, person: string): ContentItem =>
  item('PNAME', name, [element(attributes.PersonName, person)]);

/** A number with its unit: rounded to what DS holds, and beside it exactly as it is. */
export const numberItem = (
  name: Code,
  value: number,
  unit: Code,
  children: readonly RelatedItem[] = [],
): ContentItem =>
  item(
    'NUM',
    name,
    [
      element(attributes.MeasuredValueSequence, [
        element(attributes.MeasurementUnitsCodeSequence, codeItem(unit)),
        element(attributes.FloatingPointValue, value),
        element(attributes.NumericValue, roundedDecimal(value)),
      ]),
    ],
    children,
  );

/** @param reference to an image, or to frames of it */
export const imageItem = (reference: DataSet): ContentItem =>
  item('IMAGE', null, [element(attributes.ReferencedSOPSequence, reference)]);

/**
 * A polyline on a frame, with the name that its place in the tree asks for. Its coordinates count from the corner of the first pixel, so that its middle is at 0.5 (PS3.3
 * section C.18.6.1.1).
 *
 * @param coordinates x and y in turn
 * @param reference to the frame
 */
export const polylineItem = (
  name: Code | null,
  coordinates: readonly number[],
  reference: DataSet,
): ContentItem =>
  item(
    'SCOORD',
    name,
    [element(attributes.GraphicData, ...coordinates), element(attributes.GraphicType, 'POLYLINE')],
    [related('SELECTED FROM', imageItem(reference))],
  );

/** The attributes of a report's root, with the template that it follows (PS3.3 section C.18.8). */
export const rootElements = (root: ContentItem, template: string): Element[] => [
  ...elementsOf(root),
  element(attributes.ContentTemplateSequence, [
    element(attributes.MappingResource, 'DCMR'),
    element(attributes.TemplateIdentifier, template),
  ]),
];

/** What a report and all that is in it is written in. */
export const inEnglishItem = related('HAS CONCEPT MOD', codeValue(codes.language, codes.english));

function elementsOf({ valueType, name, value, children }: ContentItem): Element[] {
  return [
    element(attributes.ValueType, valueType),
    ...(name === null ? [] : [element(attributes.ConceptNameCodeSequence, codeItem(name))]),
    ...value,
    ...(children.length === 0
      ? []
      : [
          element(
            attributes.ContentSequence,
            ...children.map((child): DataSet =>
              inOrder([element(attributes.RelationshipType, child.relationship), ...elementsOf(child.item)]),
            ),
          ),
        ]),
  ];
}
