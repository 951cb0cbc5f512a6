// What the fields of requests and answers mean. A name means the same thing wherever it stands.

const docs: { readonly [field: string]: string } = {
  height: 'Height of the block.',
  timeMs: 'Block time, milliseconds since 1970.',
};

/** The meaning of a field, by its name. */
export function fieldDoc(name: string): string | undefined {
  return Object.hasOwn(docs, name) ? docs[name] : undefined;
}
