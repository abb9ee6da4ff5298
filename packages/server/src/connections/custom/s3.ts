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
      method: 'HEAD',
      path: '/',
      expect: [200],
      why: 'Proves the key and the access to this bucket, without listing anything.',
    },
    errors: [
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
        // The answer to the health check has no body, so this is all that is known.
        status: [403],
        fault: 'scope',
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
