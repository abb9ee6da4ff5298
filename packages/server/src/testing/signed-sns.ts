import { createSign, generateKeyPairSync } from 'node:crypto';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** What lies at the address of the certificate. */
export const publishedSnsKey = publicKey.export({ format: 'pem', type: 'spki' }).toString();

export type SnsMessage = Record<string, string>;

/** A message with its signature, as the documents of SNS lay it out, written down anew. */
export function signSns(message: SnsMessage): SnsMessage {
  const lines: string[] = [];
  const add = (name: string) => lines.push(name, message[name]!);
  add('Message');
  add('MessageId');
  if (message['Type'] === 'Notification') {
    if ('Subject' in message) add('Subject');
    add('Timestamp');
  } else {
    add('SubscribeURL');
    add('Timestamp');
    add('Token');
  }
  add('TopicArn');
  add('Type');
  const hash = message['SignatureVersion'] === '1' ? 'RSA-SHA1' : 'RSA-SHA256';
  const signature = createSign(hash)
    .update(`${lines.join('\n')}\n`)
    .sign(privateKey, 'base64');
  return { ...message, Signature: signature };
}
