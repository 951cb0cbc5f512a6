/**
 * The kinds of a field. Numbers are exact integers: u8, u32, i32, u53 (0 … 2^53 − 1), f64 (a finite
 * double, in events only); bigints: amount (0 … 2^63 − 1), i64. `address`: 20 bytes as hex in lower
 * case. `text`: 1 to 16 printable ASCII characters.
 */
export type ScalarType =
  | 'bool'
  | 'u8'
  | 'u32'
  | 'i32'
  | 'u53'
  | 'f64'
  | 'amount'
  | 'i64'
  | 'address'
  | 'text';

export interface EnumType {
  readonly enum: readonly string[];
}

/** A list of 0 to `max` records. */
export interface ListType {
  readonly list: { readonly [field: string]: ScalarType };
  readonly max: number;
}

export type FieldType = ScalarType | EnumType | ListType;

export interface FieldsSchema {
  readonly [field: string]: FieldType;
}

export type Address = `0x${string}`;

type ScalarValue<T> = T extends 'bool'
  ? boolean
  : T extends 'u8' | 'u32' | 'i32' | 'u53' | 'f64'
    ? number
    : T extends 'amount' | 'i64'
      ? bigint
      : T extends 'address'
        ? Address
        : T extends 'text'
          ? string
          : never;

export type FieldValue<T> = T extends { readonly enum: readonly (infer V)[] }
  ? V
  : T extends { readonly list: infer R }
    ? readonly { readonly [F in keyof R]: ScalarValue<R[F]> }[]
    : ScalarValue<T>;

/** The record a table of fields describes. */
export type RecordOf<F> = { readonly [K in keyof F]: FieldValue<F[K]> };
