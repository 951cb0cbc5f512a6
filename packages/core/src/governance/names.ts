import type { State } from '../state/index.ts';

// Names of assets, underlyings and instruments: 1 to 16 printable ASCII characters in four words,
// big-endian, ended by zeros.

const WORDS = 4;
const NAME_MAX = 16;

type NameColumn = State['assets']['name'];

export function isName(name: string): boolean {
  if (name.length < 1 || name.length > NAME_MAX) return false;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code < 32 || code > 126) return false;
  }
  return true;
}

export function writeName(column: NameColumn, row: number, name: string): void {
  for (let word = 0; word < WORDS; word++) {
    let value = 0;
    for (let i = word * 4; i < word * 4 + 4; i++) {
      value = value * 256 + (i < name.length ? name.charCodeAt(i) : 0);
    }
    column.set(row * WORDS + word, value);
  }
}

export function readName(column: NameColumn, row: number): string {
  let name = '';
  for (let i = 0; i < NAME_MAX; i++) {
    const word = column.get(row * WORDS + (i >>> 2));
    const code = (word >>> (24 - 8 * (i & 3))) & 255;
    if (code === 0) return name;
    name += String.fromCharCode(code);
  }
  return name;
}
