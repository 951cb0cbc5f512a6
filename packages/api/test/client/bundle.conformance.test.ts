import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, test } from 'vitest';

/** What a page that trades has to load, compressed. */
const GZIP_BYTES_MAX = 42_000;

async function bundle(source: string): Promise<{ bytes: number; inputs: string[]; text: string }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: source, resolveDir: fileURLToPath(new URL('..', import.meta.url)) },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    // Not 'browser' of a bundler that fills in for Node: a builtin must not resolve at all.
    platform: 'browser',
    target: 'es2022',
    conditions: ['plimsoll-source'],
  });
  const text = outputFiles[0]?.text ?? '';
  return { bytes: gzipSync(text).length, inputs: Object.keys(metafile.inputs), text };
}

test('the client runs in a browser and stays within its byte budget', async () => {
  const { bytes, inputs, text } = await bundle(
    `import { createClient } from '@plimsoll/api/client';
     import { privateKeySigner } from '@plimsoll/api/signing';
     globalThis.plimsoll = { createClient, privateKeySigner };`,
  );
  expect(inputs.length).toBeGreaterThan(10);
  const imported = [...text.matchAll(/\bfrom\s*["']([^"']+)["']|\brequire\(["']([^"']+)["']\)/g)];
  expect(imported.filter(([, a, b]) => isBuiltin(a ?? b ?? ''))).toEqual([]);
  expect(text).not.toMatch(/\bBuffer\.|\bprocess\.(env|nextTick)/);
  expect(inputs.filter((input) => /core\/src\/(?!math|schema)/.test(input))).toEqual([]);
  console.log(`client with signing: ${text.length} bytes, ${bytes} gzip (max ${GZIP_BYTES_MAX})`);
  expect(bytes).toBeLessThan(GZIP_BYTES_MAX);
});

test('a program that imports a builtin of Node does not pass for one of a browser', async () => {
  await expect(bundle(`import fs from 'node:fs'; globalThis.fs = fs;`)).rejects.toThrow(/node:fs/);
});
