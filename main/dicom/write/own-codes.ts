import type { MeasurementName } from '../../../core/quantity/quantities.ts';
import { attributes } from './attributes.ts';
import type { Code } from './codes.ts';
import { type DataSet, element, type Element } from './element.ts';

/** Of what no published scheme has a code for; 99 begins the designators that anybody may choose (PS3.16 section 8). */
export const ownScheme = '99SYSTOLA';

const own = (value: string, meaning: string): Code => ({ scheme: ownScheme, value, meaning });

/** Why an image refers to another one: it was made of an earlier state of the same study. */
export const replacedByThis = own('REPLACED', 'Earlier version that this object replaces');

/** Values are never changed, nor given to another quantity. */
export const ownCodes: Readonly<Partial<Record<MeasurementName, Code>>> = {
  'LV sphericity ED': own('LVSPHERICITY', 'Left ventricular sphericity index'),
  'Contour strain': own('CONTOURSTRAIN', 'Left ventricular endocardial contour strain'),
  'Contour strain mid-wall': own('MIDWALLSTRAIN', 'Left ventricular mid-wall contour strain'),
  'LV wall basal ED': own('LVWALLBASAL', 'Left ventricular wall thickness, basal'),
  'LV wall mid ED': own('LVWALLMID', 'Left ventricular wall thickness, mid'),
  'LV wall apical ED': own('LVWALLAPICAL', 'Left ventricular wall thickness, apical'),
  'LAV min': own('LAVMIN', 'Left atrial minimum volume'),
  LAEF: own('LAEF', 'Left atrial emptying fraction'),
  'LA length max': own('LALENGTHMAX', 'Left atrial maximum length'),
  'LA area max': own('LAAREAMAX', 'Left atrial maximum area'),
};

/** Coding Scheme Identification Sequence (PS3.3 C.12.1): says whose scheme it is where one of its codes is used. */
export const schemeIdentification = (content: DataSet): Element[] =>
  hasOwn(content)
    ? [
        element(attributes.CodingSchemeIdentificationSequence, [
          element(attributes.CodingSchemeDesignator, ownScheme),
          element(attributes.CodingSchemeName, 'Measurements of Systola that no published scheme has'),
          element(attributes.CodingSchemeResponsibleOrganization, 'Systola'),
        ]),
      ]
    : [];

const hasOwn = (content: DataSet): boolean =>
  content.some(({ attribute, values }) =>
    attribute.vr === 'SQ'
      ? (values as readonly DataSet[]).some(hasOwn)
      : attribute.tag === attributes.CodingSchemeDesignator.tag && values[0] === ownScheme,
  );
