import { attributes } from './attributes.ts';
import { type DataSet, element, type Element } from './element.ts';

/**
 * Codes of SNOMED RT by those of SNOMED CT that are written (PS3.16 annex O): systems from before 2019 know the first
 * only. A test holds them against a published list.
 */
export const legacyCodes: Readonly<Record<string, string>> = {
  '118565006': 'G-D705',
  '118586006': 'G-D750',
  '123037004': 'T-D000A',
  '128975004': 'F-01604',
  '13418002': 'T-32650',
  '17621005': 'G-A460',
  '272518008': 'R-4089A',
  '363679005': 'P0-0099A',
  '363698007': 'G-C0E3',
  '370129005': 'G-C036',
  '371879000': 'R-002C4',
  '371880002': 'R-002C5',
  '371933006': 'R-0038B',
  '371934000': 'R-0039B',
  '373098007': 'R-00317',
  '38266002': 'T-D0010',
  '385524004': 'R-41F90',
  '399030000': 'G-0374',
  '399064001': 'G-03A2',
  '399109006': 'G-0375',
  '399214001': 'G-A19C',
  '399232001': 'G-A19B',
  '399235004': 'G-0383',
  '399264008': 'G-0373',
  '399287000': 'G-0376',
  '399339008': 'G-0395',
  '410668003': 'G-D7FE',
  '416190007': 'R-FAB5C',
  '416430001': 'R-FAB5B',
  '42798000': 'G-A166',
  '432655005': 'F-05019',
  '44324008': 'PA-50030',
  '53085002': 'T-32500',
  '54993008': 'F-32110',
  '64131007': 'T-48710',
  '70822001': 'F-32070',
  '80891009': 'T-32000',
  '8128003': 'T-42110',
  '81827009': 'M-02550',
  '82471001': 'T-32300',
  '82799009': 'F-32100',
  '87878005': 'T-32600',
  '90096001': 'F-32120',
};

/** The same attributes with SNOMED RT wherever it has a code, at any depth; what it has none for stays SNOMED CT. */
export const inLegacyCodes = (dataSet: DataSet): DataSet =>
  (isSnomed(dataSet) ? legacyItem(dataSet) : dataSet).map(inLegacy);

function inLegacy({ attribute, values }: Element): Element {
  if (attribute.vr !== 'SQ') return { attribute, values };
  return { attribute, values: (values as readonly DataSet[]).map(inLegacyCodes) };
}

function isSnomed(dataSet: DataSet): boolean {
  return valueOf(dataSet, attributes.CodingSchemeDesignator.tag) === 'SCT';
}

function legacyItem(item: DataSet): DataSet {
  const value = legacyCodes[valueOf(item, attributes.CodeValue.tag) ?? ''];
  if (value === undefined) return item;
  return item.map((one) => {
    if (one.attribute.tag === attributes.CodeValue.tag) return element(attributes.CodeValue, value);
    if (one.attribute.tag !== attributes.CodingSchemeDesignator.tag) return one;
    return element(attributes.CodingSchemeDesignator, 'SRT');
  });
}

const valueOf = (item: DataSet, tag: number): string | undefined =>
  item.find(({ attribute }) => attribute.tag === tag)?.values[0] as string | undefined;
