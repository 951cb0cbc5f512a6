import {
  type EventKind,
  eventSchema,
  eventUnits,
  type FieldType,
  type Unit,
} from '@plimsoll/core/schema';
import type { Fields, Shape } from './shape.ts';

/** Units of which a field is more than itself, or another type than the machine's. */
function fieldsFor(name: string, unit: Unit, type: FieldType): Fields {
  switch (unit) {
    case 'amount':
    case 'settlement':
    case 'settlementDown':
    case 'settlementUp':
      return { [name]: 'Amount' };
    case 'price':
      return { [name]: 'decimal' };
    case 'size':
      return { [name]: 'decimal', lots: 'integer' };
    case 'asset':
    case 'underlying':
      return { [name]: 'text', [`${name}Id`]: 'integer' };
    case 'assetOrNone':
    case 'target':
      return { [name]: 'text|null', [`${name}Id`]: 'integer' };
    case 'instrument':
      return { [name]: 'integer', name: 'text' };
    case 'instrumentOrFund':
      return { [name]: 'integer', [name === 'instrument' ? 'name' : `${name}Name`]: 'text|null' };
    case 'parameter':
      return { [name]: 'text', [`${name}Id`]: 'integer', unit: 'text' };
    case 'idOrNone':
      return { [name]: 'integer|null' };
    case 'nano':
      return { [name.replace('Nano', '')]: 'number' };
    case 'scopes':
      return { [name]: ['text'] };
    default:
      return { [name]: plainShape(type) };
  }
}

function plainShape(type: FieldType): Shape {
  if (typeof type !== 'string') return 'enum' in type ? { enum: type.enum } : 'json';
  if (type === 'bool') return 'boolean';
  if (type === 'address' || type === 'text') return type;
  return 'integer';
}

function fieldsOf(kind: EventKind): Fields {
  const units: { readonly [field: string]: Unit } = eventUnits[kind];
  const fields = Object.entries(eventSchema[kind].fields).map(([name, type]) =>
    fieldsFor(name, units[name] ?? 'text', type),
  );
  return Object.assign({}, ...fields) as Fields;
}

/** The fields of every kind of event as it goes over the wire, `kind` itself left out. */
export const eventFields: { readonly [kind: string]: Fields } = Object.fromEntries(
  Object.keys(eventSchema).map((kind) => [kind, fieldsOf(kind as EventKind)]),
);
