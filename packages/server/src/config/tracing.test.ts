import { describe, expect, it } from 'vitest';
import { readConfig } from './env.ts';

const collector = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
const read = (env: Record<string, string> = {}) => readConfig({ ...collector, ...env }).tracing!;

describe('tracing', () => {
  it('is off without a collector, and when it is switched off', () => {
    expect(readConfig({}).tracing).toBeUndefined();
    expect(readConfig({ OTEL_SERVICE_NAME: 'a', OTEL_TRACES_SAMPLER: 'always_on' }).tracing).toBeUndefined();
    expect(readConfig({ ...collector, OTEL_SDK_DISABLED: 'true' }).tracing).toBeUndefined();
    expect(readConfig({ ...collector, OTEL_TRACES_EXPORTER: 'none' }).tracing).toBeUndefined();
    expect(readConfig({ ...collector, OTEL_TRACES_EXPORTER: 'otlp' }).tracing).toBeDefined();
  });

  it('has the defaults of the standard', () => {
    expect(read()).toEqual({
      url: 'http://collector:4318/v1/traces',
      headers: {},
      format: 'protobuf',
      gzip: false,
      timeoutMs: 10_000,
      ca: undefined,
      resource: { 'service.name': 'trunkline' },
      sampler: { base: 'on', ratio: 1, byCaller: true },
    });
    expect(readConfig({}).sendTraceparent).toBe(false);
    expect(readConfig({ TRUNKLINE_SEND_TRACEPARENT: 'on' }).sendTraceparent).toBe(true);
  });

  it('adds the path of traces to the general address, and takes that of traces as it stands', () => {
    const url = (text: string) => read({ OTEL_EXPORTER_OTLP_ENDPOINT: text }).url;
    expect(url('https://otlp.example.com/otlp/')).toBe('https://otlp.example.com/otlp/v1/traces');
    expect(url('https://otlp.example.com/otlp?tenant=1')).toBe(
      'https://otlp.example.com/otlp/v1/traces?tenant=1',
    );
    expect(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://tempo:4318/own' }).url).toBe(
      'http://tempo:4318/own',
    );
  });

  it('decodes headers and resource attributes; what is for traces goes first', () => {
    const { headers, resource } = read({
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Basic%20bmFtZTpwYXNz,X-Scope-OrgID=works ',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=production,service.name=other,host.name=a%2Cb',
      OTEL_SERVICE_NAME: 'integrations',
    });
    expect(headers).toEqual({ authorization: 'Basic bmFtZTpwYXNz', 'x-scope-orgid': 'works' });
    expect(resource).toEqual({
      'service.name': 'integrations',
      'deployment.environment.name': 'production',
      'host.name': 'a,b',
    });
    const own = { OTEL_EXPORTER_OTLP_HEADERS: 'a=1', OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'b=2' };
    expect(read(own).headers).toEqual({ b: '2' });
  });

  it.each([
    ['always_on', '', { base: 'on', byCaller: false }],
    ['always_off', '', { base: 'off', byCaller: false }],
    ['traceidratio', '0.25', { base: 'ratio', ratio: 0.25, byCaller: false }],
    ['parentbased_always_off', '', { base: 'off', byCaller: true }],
    ['parentbased_traceidratio', '0.01', { base: 'ratio', ratio: 0.01, byCaller: true }],
  ])('knows the sampler %s', (name, argument, expected) => {
    const { sampler } = read({ OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: argument });
    expect(sampler).toMatchObject(expected);
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318', /is not an http or https URL/],
    [
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      'http://me:hidden-pass@collector',
      /belong into OTEL_EXPORTER_OTLP_HEADERS/,
    ],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', /"grpc" is not http\/protobuf or http\/json.*4318/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'hidden-pass', /is not a list of name=value/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%zz-hidden-pass', /the value of "a" is not percent-encoded/],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=1%0d%0ahidden-pass', /"a" is no header/],
    ['OTEL_EXPORTER_OTLP_COMPRESSION', 'zstd', /"zstd" is not gzip or none/],
    ['OTEL_EXPORTER_OTLP_TIMEOUT', '5s', /"5s" is not a number of milliseconds/],
    ['OTEL_EXPORTER_OTLP_CERTIFICATE', '/no/such/file', /cannot be read/],
    ['OTEL_TRACES_SAMPLER', 'jaeger_remote', /"jaeger_remote" is none of always_on/],
    ['OTEL_TRACES_SAMPLER', 'constructor', /"constructor" is none of/],
    ['OTEL_TRACES_EXPORTER', 'zipkin', /"zipkin" is not otlp or none/],
    ['TRUNKLINE_SEND_TRACEPARENT', 'yes', /"yes" is not on or off/],
  ])('%s=%s stops the start with its name and the reason, and no secret', (name, value, reason) => {
    const refused = () => read({ [name]: value });
    expect(refused).toThrow(reason);
    expect(refused).toThrow(new RegExp(`^${name}: `));
    expect(refused).not.toThrow(/hidden-pass/);
  });

  it('wants a ratio from 0 to 1 where there is one', () => {
    const env = { OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '2' };
    expect(() => read(env)).toThrow(/^OTEL_TRACES_SAMPLER_ARG: "2" is not a number from 0 to 1/);
    expect(() => read({ ...env, OTEL_TRACES_SAMPLER: 'always_on' })).not.toThrow();
  });
});
