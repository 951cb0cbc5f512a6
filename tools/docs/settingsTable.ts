/** What of a setting stands in the table. */
export interface Setting {
  readonly path: string;
  readonly variable: string;
  readonly flag: string;
  readonly doc: string;
  readonly initial: string;
}

/** Every setting of a node, in each of its three spellings, with what stands by default. */
export function settingsTable(settings: readonly Setting[]): string {
  const rows = settings.map(({ path, variable, flag, doc, initial }) => {
    const shown = initial === '' ? 'none' : `\`${initial}\``;
    return `| \`${path}\` | \`${variable}\` | \`${flag}\` | ${shown} | ${doc} |`;
  });
  return [
    '| in the file | environment | flag | default | what |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
