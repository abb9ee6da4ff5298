import { readFileSync } from 'node:fs';

/** Where traces go and which are recorded: the standard variables of OpenTelemetry, as far as they concern traces. */
export interface TracingConfig {
  /** Of OTLP over HTTP, whole. */
  url: string;
  /** For the collector, often with a credential. */
  headers: Readonly<Record<string, string>>;
  format: 'protobuf' | 'json';
  gzip: boolean;
  /** Of one export, its repetitions included. */
  timeoutMs: number;
  /** A certificate authority to trust instead of the system's, in PEM. */
  ca: string | undefined;
  /** What is said of this process; `service.name` is always there. */
  resource: Readonly<Record<string, string>>;
  sampler: Sampler;
}

/** Which traces are recorded. */
export interface Sampler {
  base: 'on' | 'off' | 'ratio';
  /** Of the traces that begin here, for `ratio`. */
  ratio: number;
  /** A caller who records its part decides for ours, either way. */
  byCaller: boolean;
}

type Environment = Record<string, string | undefined>;

/** One of the variables is wrong; the caller makes a ConfigError of it. Never holds the value of a header. */
export class TracingProblem extends Error {
  override readonly name = 'TracingProblem';
}

const samplers: Readonly<Record<string, Omit<Sampler, 'ratio'>>> = {
  always_on: { base: 'on', byCaller: false },
  always_off: { base: 'off', byCaller: false },
  traceidratio: { base: 'ratio', byCaller: false },
  parentbased_always_on: { base: 'on', byCaller: true },
  parentbased_always_off: { base: 'off', byCaller: true },
  parentbased_traceidratio: { base: 'ratio', byCaller: true },
};

/**
 * Reads what tells where traces go; undefined: nowhere, because no collector is named or because tracing is switched off. What
 * the variables mean: OpenTelemetry's specification, "Environment Variable Specification"
 * and "OTLP Exporter Configuration".
 *
 * @throws TracingProblem with the variable's name and the reason
 */
export function readTracing(env: Environment): TracingConfig | undefined {
  const exporter = env['OTEL_TRACES_EXPORTER'] || 'otlp';
  if (exporter !== 'otlp' && exporter !== 'none')
    throw wrong('OTEL_TRACES_EXPORTER', `"${exporter}" is not otlp or none`);
  const url = endpoint(env);
  if (url === undefined || exporter === 'none' || env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true')
    return undefined;
  return {
    url,
    headers: headers(env),
    format: format(env),
    gzip: compression(env),
    timeoutMs: timeout(env),
    ca: certificate(env),
    resource: {
      'service.name': 'trunkline',
      ...pairs('OTEL_RESOURCE_ATTRIBUTES', env['OTEL_RESOURCE_ATTRIBUTES']),
      ...(env['OTEL_SERVICE_NAME'] ? { 'service.name': env['OTEL_SERVICE_NAME'] } : {}),
    },
    sampler: sampler(env),
  };
}

/** That of traces as it stands; the general one with the path of traces behind it. */
function endpoint(env: Environment): string | undefined {
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const text = env[name]?.trim();
    if (!text) continue;
    const url = URL.canParse(text) ? new URL(text) : null;
    if (url === null || !/^https?:$/.test(url.protocol)) throw wrong(name, 'is not an http or https URL');
    if (url.username !== '' || url.password !== '') {
      throw wrong(name, 'a name and a password belong into OTEL_EXPORTER_OTLP_HEADERS');
    }
    if (name.includes('TRACES')) return url.href;
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
    return url.href;
  }
  return undefined;
}

/** Of a setting for traces or for all signals, the first that is set, by name and value. */
function setting(env: Environment, name: string): [name: string, value: string | undefined] {
  const own = `OTEL_EXPORTER_OTLP_TRACES_${name}`;
  return env[own]
    ? [own, env[own]]
    : [`OTEL_EXPORTER_OTLP_${name}`, env[`OTEL_EXPORTER_OTLP_${name}`] || undefined];
}

function headers(env: Environment): Record<string, string> {
  const [name, text] = setting(env, 'HEADERS');
  const all = Object.entries(pairs(name, text)).map(([key, value]) => [key.toLowerCase(), value] as const);
  for (const [key, value] of all) {
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(key) || /[^\t\x20-\x7e]/.test(value)) {
      throw wrong(name, `"${key}" is no header, or its value has a character that no header may have`);
    }
  }
  return Object.fromEntries(all);
}

function format(env: Environment): TracingConfig['format'] {
  const [name, text = 'http/protobuf'] = setting(env, 'PROTOCOL');
  if (text === 'http/protobuf') return 'protobuf';
  if (text === 'http/json') return 'json';
  throw wrong(
    name,
    `"${text}" is not http/protobuf or http/json; a collector takes these at its port for HTTP, usually 4318`,
  );
}

function compression(env: Environment): boolean {
  const [name, text = 'none'] = setting(env, 'COMPRESSION');
  if (text === 'gzip' || text === 'none') return text === 'gzip';
  throw wrong(name, `"${text}" is not gzip or none`);
}

function timeout(env: Environment): number {
  const [name, text = '10000'] = setting(env, 'TIMEOUT');
  const ms = Number(text);
  if (/^\d{1,6}$/.test(text) && ms >= 100 && ms <= 60_000) return ms;
  throw wrong(name, `"${text}" is not a number of milliseconds from 100 to 60000`);
}

function certificate(env: Environment): string | undefined {
  const [name, path] = setting(env, 'CERTIFICATE');
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw wrong(name, `the file ${path} cannot be read`);
  }
}

function sampler(env: Environment): Sampler {
  const text = env['OTEL_TRACES_SAMPLER'] || 'parentbased_always_on';
  const found = Object.hasOwn(samplers, text) ? samplers[text] : undefined;
  if (found === undefined) {
    throw wrong('OTEL_TRACES_SAMPLER', `"${text}" is none of ${Object.keys(samplers).join(', ')}`);
  }
  const argument = env['OTEL_TRACES_SAMPLER_ARG'] || '1';
  const ratio = Number(argument);
  if (found.base === 'ratio' && !(ratio >= 0 && ratio <= 1)) {
    throw wrong('OTEL_TRACES_SAMPLER_ARG', `"${argument}" is not a number from 0 to 1`);
  }
  return { ...found, ratio };
}

/** `name=value,name=value`, the values percent-encoded (W3C Baggage, section 3.3.1.4). */
function pairs(name: string, text: string | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of (text ?? '').split(',')) {
    if (part.trim() === '') continue;
    const at = part.indexOf('=');
    const key = part.slice(0, Math.max(at, 0)).trim();
    // Its value may be a credential, so that nothing of it is repeated.
    if (key === '') throw wrong(name, 'is not a list of name=value, separated by commas');
    try {
      found[key] = decodeURIComponent(part.slice(at + 1).trim());
    } catch {
      throw wrong(name, `the value of "${key}" is not percent-encoded`);
    }
  }
  return found;
}

function wrong(name: string, reason: string): TracingProblem {
  return new TracingProblem(`${name}: ${reason}`);
}
