import { until, wait } from './fault.ts';
import type { Fault } from './fault.ts';
import { endpointModes } from './endpoint.ts';
import type { Endpoint, EndpointMode } from './endpoint.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

async function onEndpoint(
  world: World,
  random: Random,
  work: (endpoint: Endpoint) => Promise<string>,
): Promise<string> {
  const index = random.below(world.endpoints.length);
  const endpoint = world.endpoints[index]!;
  return world.alone([`endpoint${index}`], async () => `endpoint ${index} ${await work(endpoint)}`);
}

/** Attempts in the history that failed in one way. */
async function failures(world: World, endpoint: Endpoint, code: string): Promise<number> {
  const [row] = await world.query<{ count: string }>(
    'SELECT count(*) FROM attempts WHERE webhook_id = $1 AND error_code = $2',
    [endpoint.webhookId, code],
  );
  return Number(row?.count);
}

/** Sends an endpoint's deliveries to another URL until an attempt there has failed as it must. */
async function misdirect(world: World, endpoint: Endpoint, url: string, code: string): Promise<string> {
  const before = await failures(world, endpoint, code);
  try {
    await world.pointWebhook(endpoint, url);
    await until(`an attempt fails with ${code}`, 60_000, async () => {
      await wait(200);
      return (await failures(world, endpoint, code)) > before;
    });
  } finally {
    await world.pointWebhook(endpoint, endpoint.url);
  }
  return `${code}: ${(await failures(world, endpoint, code)) - before} attempts`;
}

/** 410 switches its webhook off, which an operator has to make good. */
const misbehaving = endpointModes.filter(
  (mode): mode is Exclude<EndpointMode, 'ok' | 'gone'> => mode !== 'ok' && mode !== 'gone',
);

export const endpointFaults: readonly Fault[] = [
  ...misbehaving.map((mode): Fault => ({
    name: `endpoint-${mode}`,
    run: (world, random) =>
      onEndpoint(world, random, async (endpoint) => {
        const before = endpoint.requests;
        endpoint.mode = mode;
        await wait(random.between(500, 3000));
        await until(`something arrives while ${mode}`, 60_000, () => endpoint.requests > before);
        const met = endpoint.requests - before;
        endpoint.heal();
        return `met ${met} requests`;
      }),
  })),
  {
    name: 'endpoint-down',
    run: (world, random) =>
      onEndpoint(world, random, async (endpoint) => {
        const before = await failures(world, endpoint, 'connect');
        await endpoint.down();
        try {
          await until('an attempt is refused', 60_000, async () => {
            await wait(200);
            return (await failures(world, endpoint, 'connect')) > before;
          });
        } finally {
          await endpoint.listen();
        }
        return `refused ${(await failures(world, endpoint, 'connect')) - before} attempts`;
      }),
  },
  {
    name: 'endpoint-bad-tls',
    run: (world, random) =>
      onEndpoint(world, random, (endpoint) => {
        if (endpoint.tlsPort === 0) throw new Error('there is no openssl to make a certificate');
        return misdirect(world, endpoint, endpoint.tlsUrl, 'tls');
      }),
  },
  {
    name: 'endpoint-no-dns',
    run: (world, random) =>
      onEndpoint(world, random, (endpoint) =>
        misdirect(world, endpoint, 'https://receiver.trunkline.invalid/hook', 'dns'),
      ),
  },
];
