import type { CustomDefinition } from '@trunkline/contract/custom-providers';
import { awsS3 } from '../../providers/aws-s3.ts';
import { pickFields } from './parts.ts';
import type { KindParts } from './parts.ts';

/** A store that speaks S3: signed as for Amazon, at its own address. */
export function s3Parts(definition: Extract<CustomDefinition, { kind: 's3' }>): KindParts {
  const { name, endpoint, region, bucketStyle } = definition;
  const { protocol, host, origin } = new URL(endpoint);
  const help = `From the settings of your account at ${name}.`;
  return {
    sentence: `Keeps files in a bucket at ${host}.`,
    auth: [
      {
        type: 'signed',
        scheme: 'aws-sigv4',
        service: 's3',
        fields: pickFields(awsS3.auth[0].fields, 'accessKeyId', 'secretAccessKey', 'bucket').map((field) => ({
          ...field,
          help,
        })),
      },
    ],
    baseUrl: bucketStyle === 'path' ? `${origin}/{bucket}` : `${protocol}//{bucket}.${host}`,
    fixedValues: { region },
    adapters: awsS3.adapters!,
    health: {
      kind: 'http',
      method: 'GET',
      path: '/?list-type=2&max-keys=0',
      expect: [200],
      why: 'Proves the key and the access to this bucket. Asks for a list of no files, so that nothing is listed.',
    },
    errors: [
      {
        contains: 'SlowDown',
        fault: 'rateLimit',
        title: 'Too many calls',
        cause: 'More calls came than the store takes at once.',
        fix: 'Nothing to do: calls go on more slowly.',
      },
      {
        contains: 'SignatureDoesNotMatch',
        fault: 'reauth',
        title: 'The signature does not match',
        cause: 'The secret access key or the region is wrong.',
        fix: 'Enter the secret access key again, and check the region of the provider.',
      },
      {
        contains: 'InvalidAccessKeyId',
        fault: 'reauth',
        title: 'The access key is not known',
        cause: 'It is wrong or was deleted.',
        fix: 'Create a new access key and enter both of its parts.',
      },
      {
        contains: 'AccessDenied',
        fault: 'scope',
        title: 'The key may not use the bucket',
        cause: 'The key is known, but may not do this.',
        fix: 'Allow the key to list, read and write the bucket.',
      },
      {
        status: [403],
        fault: 'scope',
        unclear: true,
        title: 'The bucket refuses access',
        cause: 'The key may not use it, or is wrong or was deleted.',
        fix: 'Allow the key to list, read and write the bucket; if that is so, enter it again.',
      },
      {
        status: [404],
        fault: 'config',
        title: 'The bucket does not exist',
        cause: 'Its name is misspelled, or it was deleted.',
        fix: 'Check the name of the bucket.',
      },
    ],
    features: ['Store and fetch files'],
    setupSteps: [`At ${name}, create a bucket that is not public, and an access key for it.`],
    inbound: null,
  };
}
