import type { JsonValue } from '@plimsoll/core/schema';
import type { Hex } from '../network.ts';
import type { EventJson, ProblemFigures } from '../wire/index.ts';
import type { shapes } from './shapes.ts';

/**
 * What the fields of requests and answers are made of. A field's type is the name of one of these,
 * with `|null` behind it where there may be nothing; or the name of a shape (they begin with a
 * capital); `[type]`, a list; `{ enum: [...] }`; `{ anyOf: [...] }`; bounds of an integer; or a
 * record of fields. A field whose name ends with `?` may be absent. What a field means is said by
 * its name, in fieldDocs.ts.
 */
export interface Scalars {
  readonly text: string;
  readonly boolean: boolean;
  readonly integer: number;
  /** A finite double, of rates and shares; never money. */
  readonly number: number;
  /** "-12.5": no exponent, no needless zeros. */
  readonly decimal: string;
  /** An integer of any size as text. */
  readonly digits: string;
  readonly address: Hex;
  /** An address as wallets write it, in either case. */
  readonly addressAnyCase: Hex;
  readonly hash: Hex;
  readonly hex: Hex;
  /** The name or the number of an asset, an underlying or an instrument. */
  readonly name: string;
  /** Where a list goes on: opaque. */
  readonly cursor: string;
  /** A command's action: a record of the machine's own table, by `kind`, in its own units. */
  readonly action: JsonValue;
  /** What happened, by `kind`, in decimals and with names. */
  readonly event: EventJson;
  /** What explains a problem, in decimals and with names. */
  readonly figures: ProblemFigures;
  readonly json: JsonValue;
}

/** An integer inside bounds, both included. `absent`: what holds when a query does not say it. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly absent?: number;
}

export function isBounds(shape: Shape): shape is Bounds {
  return typeof shape === 'object' && 'min' in shape && typeof shape.min === 'number';
}

/** The value of a type. */
export type ValueOf<T> = T extends `${infer S}|null`
  ? ValueOf<S> | null
  : T extends keyof Scalars
    ? Scalars[T]
    : T extends keyof typeof shapes
      ? ValueOf<(typeof shapes)[T]>
      : T extends readonly [infer E]
        ? readonly ValueOf<E>[]
        : T extends { readonly enum: readonly (infer V)[] }
          ? V
          : T extends Bounds
            ? number
            : T extends { readonly anyOf: readonly (infer U)[] }
              ? ValueOf<U>
              : T extends object
                ? FieldsOf<T>
                : never;

/** The record of a table of fields. */
export type FieldsOf<F> = {
  readonly [K in keyof F as K extends `${string}?` ? never : K]: ValueOf<F[K]>;
} & {
  readonly [K in keyof F as K extends `${infer N}?` ? N : never]?: ValueOf<F[K]>;
};

/** A type as data. */
export type Shape =
  | string
  | readonly [Shape]
  | { readonly enum: readonly string[] }
  | { readonly anyOf: readonly Shape[] }
  | Bounds
  | Fields;

export interface Fields {
  readonly [name: string]: Shape;
}
