// Files and folders of this machine, for all who write to it. Keeps true: making a folder ends,
// with the folder or with a reason. Start at makeFolder.ts.
export { FolderError, makeFolder, systemReason } from './makeFolder.ts';
