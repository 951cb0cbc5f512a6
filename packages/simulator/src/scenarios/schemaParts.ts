import { type TInteger, type TObject, type TProperties, type TString, Type } from 'typebox';

// The description of a single value is a noun phrase: an error says "must be " + description.

/** An object that refuses keys which it does not know. */
export function closed<P extends TProperties>(
  properties: P,
  options?: { readonly title?: string },
): TObject<P> {
  return Type.Object(properties, { additionalProperties: false, ...options });
}

export function name(description: string): TString {
  return Type.String({ minLength: 1, maxLength: 64, description });
}

export function decimal(description: string): TString {
  return Type.String({ pattern: '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?$', description });
}

export function positive(description: string): TString {
  return Type.String({ pattern: '^(?=.*[1-9])(0|[1-9][0-9]*)(\\.[0-9]+)?$', description });
}

export function instant(): TString {
  return Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?Z$',
    description: 'a time in UTC such as "2020-03-12T10:00:00Z"',
  });
}

export function millis(): TInteger {
  return Type.Integer({
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'milliseconds since the start, an integer of 0 or more',
  });
}

export function positiveMillis(): TInteger {
  return Type.Integer({
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'milliseconds, an integer of 1 or more',
  });
}
