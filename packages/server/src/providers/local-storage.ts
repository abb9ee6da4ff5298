import { localStorageAdapters, removeLocalFile } from './adapters/local-storage.ts';
import type { Provider } from './provider.ts';

export const localStorage: Provider = {
  slug: 'local-storage',
  name: 'Local storage',
  category: 'storage',
  description: 'Keeps files on the disk of the server that runs this product.',
  website: null,
  docsUrl: null,
  statusPageUrl: null,
  selfServe: true,
  features: [
    'Store and fetch files',
    'Import candidates and jobs from CSV and Excel',
    'Backup for another storage',
    'No third party',
  ],
  setupSteps: [
    'Create a folder on the server, on a disk that is backed up.',
    'Let the user that runs this product read and write the folder.',
  ],
  auth: [
    {
      type: 'local',
      fields: [
        {
          key: 'folder',
          label: 'Folder',
          secret: false,
          help: 'A name of your choice. The folder lies in the data folder of this server, apart from those of other organizations.',
          example: 'documents',
          level: 'account',
          pattern: /^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$/,
        },
      ],
    },
  ],
  baseUrl: null,
  health: {
    kind: 'local',
    why: 'Looks whether the folder exists, may be read and written, and has room, without writing to it.',
  },
  errors: [
    {
      contains: 'ENOENT',
      fault: 'config',
      title: 'The folder does not exist',
      cause: 'Its path is misspelled, or it was deleted or is not mounted.',
      fix: 'Create the folder and let the user that runs this product use it.',
    },
    {
      contains: 'ENOTDIR',
      fault: 'config',
      title: 'This is not a folder',
      cause: 'The path leads to a file.',
      fix: 'Enter the path of a folder.',
    },
    {
      contains: 'EACCES',
      fault: 'config',
      title: 'Access to the folder is refused',
      cause: 'The user that runs this product may not read or write it.',
      fix: 'Correct the owner and the mode of the folder.',
    },
    {
      contains: 'EPERM',
      fault: 'config',
      title: 'Access to the folder is refused',
      cause: 'The user that runs this product may not read or write it.',
      fix: 'Correct the owner and the mode of the folder.',
    },
    {
      contains: 'EROFS',
      fault: 'config',
      title: 'The disk is read-only',
      cause: 'The disk of the folder is mounted without the right to write.',
      fix: 'Mount it for writing, or choose another folder.',
    },
    {
      contains: 'ENOSPC',
      fault: 'quota',
      title: 'The disk is full',
      cause: 'There is no room left on the disk of the folder.',
      fix: 'Free some space, or move the folder to a larger disk.',
    },
  ],
  limits: { published: null },
  adapters: localStorageAdapters,
  removeCopied: removeLocalFile,
  settings: [],
  inbound: null,
  exchange: null,
  simulate: null,
  evidence: 'recalled',
  notes: 'With more than one server, the folder has to be one that all of them share.',
};
