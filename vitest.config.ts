import { defineConfig } from 'vitest/config';

/** One project per kind of test; the kind is the file's suffix (docs/STYLE.md). */
const timeoutMs = {
  unit: 10_000,
  property: 30_000,
  differential: 60_000,
  conformance: 60_000,
  simulation: 300_000,
  e2e: 300_000,
};

const projects = Object.entries(timeoutMs).map(([name, testTimeout]) => ({
  // Tests run from source: packages resolve each other through this condition, without a build.
  resolve: { conditions: ['plimsoll-source'] },
  ssr: { resolve: { conditions: ['plimsoll-source'] } },
  test: {
    name,
    include: [
      `packages/*/test/**/*.${name}.test.ts`,
      `tools/**/*.${name}.test.ts`,
      `examples/**/*.${name}.test.ts`,
    ],
    environment: 'node',
    testTimeout,
    hookTimeout: testTimeout,
  },
}));

export default defineConfig({ test: { projects, maxWorkers: 2, passWithNoTests: true } });
