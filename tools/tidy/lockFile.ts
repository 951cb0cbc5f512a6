// The lock file must install anywhere: no address of a registry host, and an entry for the packages
// of every platform. A registry that lacks a platform makes npm leave its entry out, and from then
// on `npm ci` refuses the file everywhere.
import type { Finding } from './sourceFile.ts';

interface LockEntry {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export const lockRules = {
  host: 'the lock file names no registry host',
  platform: 'the lock file serves every platform',
} as const;

export function findInLockFile(text: string): Finding[] {
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, LockEntry>> };
  return Object.entries(packages).flatMap(([path, entry]) => [
    ...(entry.resolved?.includes('://') === true
      ? [finding(lockRules.host, `${path}: set omit-lockfile-registry-resolved=true`)]
      : []),
    ...Object.keys(entry.optionalDependencies ?? {})
      .filter((name) => !isResolved(packages, path, name))
      .map((name) => finding(lockRules.platform, `add node_modules/${name} as optional`)),
  ]);
}

function isResolved(
  packages: Readonly<Record<string, unknown>>,
  from: string,
  name: string,
): boolean {
  let folder = from;
  while (folder !== '') {
    if (`${folder}/node_modules/${name}` in packages) return true;
    folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')));
  }
  return `node_modules/${name}` in packages;
}

function finding(rule: string, instead: string): Finding {
  return { path: 'package-lock.json', line: 1, rule, instead };
}
