import type { CredentialField, SettingField } from '../provider.ts';

/* What every partner with an SFTP folder asks for in the same words. */

export const sftpUser: CredentialField = {
  key: 'sftpUser',
  label: 'SFTP user',
  secret: false,
  help: 'Given together with the host.',
  level: 'account',
};

export const sftpHostKey: CredentialField = {
  key: 'sftpHostKey',
  label: 'Fingerprint of the host key',
  secret: false,
  help: 'Ask for it together with the host; it proves that files go to the right server. Several, one for each type of key, stand with a blank between them.',
  example: 'SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU',
  level: 'account',
  optional: true,
  pattern: /^SHA256:[A-Za-z0-9+/]{43}=?(?:[\s,;]+SHA256:[A-Za-z0-9+/]{43}=?){0,5}$/,
};

export const pgpPublicKey: CredentialField = {
  key: 'pgpPublicKey',
  label: 'PGP public key of the partner',
  secret: false,
  help: 'Only when the partner wants the files encrypted; it comes with the instructions.',
  example: '-----BEGIN PGP PUBLIC KEY BLOCK-----',
  level: 'account',
  optional: true,
  multiline: true,
};

export const sftpSettings: readonly SettingField[] = [
  {
    key: 'sftpPort',
    label: 'SFTP port',
    help: 'The port of the SFTP server.',
    type: 'number',
    default: 22,
  },
  {
    key: 'outboxFolder',
    label: 'Folder for files to the partner',
    help: 'As the partner names it; a dot is the folder where the login arrives.',
    type: 'text',
    default: '.',
  },
  {
    key: 'inboxFolder',
    label: 'Folder for files from the partner',
    help: 'Where acknowledgements and reports are fetched from.',
    type: 'text',
    default: '.',
  },
];
