import type { Adapters } from './adapter.ts';

/** The same id for every try, so that a mailbox which looks for repetitions finds them. */
const messageIdOf = (key: string, address: string): string =>
  `<${key}@${address.split('@')[1] ?? 'localhost'}>`;

export const smtpAdapters: Adapters = {
  'email.send': {
    repeatable: false,
    duplicates:
      'SMTP knows no repetition. When the server does not confirm a message that it was given, the action is ambiguous and not sent again; the Message-ID is made from the action, so that a copy you send yourself can be told from it.',
    run: (input, io) =>
      io.mail({
        ...input,
        messageId: messageIdOf(io.key, input.from?.email ?? io.values['fromEmail'] ?? ''),
      }),
  },
};
