// Which part may import which (ARCHITECTURE.md). `npm run verify` runs dependency-cruiser with these rules and
// then applies the same ones to type-only imports, which its parser does not see; so rules use only `path` and
// `pathNot`, and `$1` for what a group of the importing side matched.

// The parser is asked for plain TypeScript only; files with JSX need its other mode.
const swc = require('@swc/core');
const parseFile = swc.parseFileSync;
swc.parseFileSync = (file, options) => parseFile(file, { ...options, tsx: file.endsWith('.tsx') });

const server = '^packages/server/src';
const product = String.raw`\.tsx?$`;
const tests = String.raw`\.test\.tsx?$`;

/** A forbidden direction. Tests may reach further than what they test. */
function forbid(name, comment, from, to) {
  return { name, comment, severity: 'error', from: { pathNot: tests, ...from }, to };
}

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one idea.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'The import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    forbid(
      'web-needs-only-contract',
      'The web app knows the contract, not the server.',
      { path: '^packages/web/', pathNot: undefined },
      { path: '^packages/(?!web/|contract/)' },
    ),
    forbid(
      'contract-needs-only-zod',
      'The contract is shapes only.',
      { path: '^packages/contract/src/' },
      { path: '.', pathNot: String.raw`^packages/contract/src/|(^|/)node_modules/zod/|^zod$` },
    ),
    forbid(
      'sdk-stands-alone',
      'Programs install the SDK by itself.',
      { path: '^packages/sdk/', pathNot: [tests, '/testing/'] },
      // React is its host's, and only the component for React knows it.
      { path: '.', pathNot: String.raw`^packages/sdk/src/|(^|/)node_modules/react/|^react$` },
    ),
    forbid(
      'sandbox-stands-alone',
      'The sandbox plays the other side, so it knows neither server nor web.',
      { path: '^packages/sandbox/' },
      { path: '^packages/(server|web)/' },
    ),
    forbid(
      'server-not-web',
      'The server serves files of the web app and imports none.',
      { path: '^packages/server/' },
      { path: '^packages/web/' },
    ),
    forbid(
      'sandbox-only-on-command',
      'Only the commands demo and sandbox start the sandbox.',
      { path: `${server}/`, pathNot: [String.raw`/(demo|sandbox)[^/]*\.ts$`, '/(demo|sandbox)/', tests] },
      { path: '^packages/sandbox/' },
    ),
    forbid(
      'lib-is-product-free',
      'lib holds what any product could use.',
      { path: `${server}/lib/` },
      { path: `${server}/(modules|http|db|delivery|providers|workers)/` },
    ),
    forbid(
      'db-below-modules',
      'db knows no module.',
      { path: `${server}/db/` },
      { path: `${server}/(modules|http|delivery|workers)/` },
    ),
    forbid(
      'modules-below-http',
      'A verb knows none of its fronts.',
      { path: `${server}/modules/` },
      { path: `${server}/(http|workers)/` },
    ),
    forbid(
      'providers-below-modules',
      'A provider describes itself and calls no module.',
      { path: `${server}/providers/` },
      { path: `${server}/(modules|http|delivery|workers|db)/` },
    ),
    forbid(
      'logs-below-all-that-writes',
      'Whoever has something to tell writes lines, so the writer knows only the database and lib.',
      { path: `${server}/logs/` },
      { path: `${server}/(connections|delivery|providers|modules|http|workers)/` },
    ),
    forbid(
      'connections-below-modules',
      'connections is called by verbs. What ends an authorization by itself is audited, so that one is open.',
      { path: `${server}/connections/` },
      {
        path: `${server}/(modules|http|delivery|workers)/`,
        pathNot: String.raw`^packages/server/src/modules/audit/record-audit\.ts$`,
      },
    ),
    forbid(
      'tracing-below-all-that-is-traced',
      'Everything may be traced, so tracing knows only settings and lib.',
      { path: `${server}/tracing/` },
      { path: `${server}/(?!tracing/|lib/|config/)` },
    ),
    forbid(
      'opentelemetry-in-one-place',
      'The SDK costs memory and time, so it is loaded when a collector is configured, and nobody else knows it.',
      {
        path: '^packages/',
        pathNot: [
          tests,
          String.raw`/tracing/(otel-tracer|otlp-exporter)\.ts$`,
          String.raw`/(start-app|testing/otlp-collector)\.ts$`,
        ],
      },
      { path: String.raw`@opentelemetry/|/tracing/(otel-tracer|otlp-exporter)\.ts$` },
    ),
    forbid(
      'outbox-below-connections',
      'The outbox is written from everywhere above the database.',
      { path: `${server}/outbox/` },
      { path: `${server}/(modules|connections|http|delivery|workers|providers)/` },
    ),
    forbid(
      'measures-below-connections',
      'measures counts what it is told, whoever tells it.',
      { path: `${server}/measures/` },
      { path: `${server}/(modules|http|delivery|workers|providers|connections)/` },
    ),
    forbid(
      'module-internals',
      'queries, rules and jobs belong to their module.',
      { path: `${server}/modules/([^/]+)/` },
      {
        path: String.raw`^packages/server/src/modules/[^/]+/(queries|rules|jobs)\.ts$`,
        pathNot: '^packages/server/src/modules/$1/',
      },
    ),
    forbid(
      'product-needs-no-test',
      'Product code imports no test.',
      { path: `^packages/[^/]+/src/.+${product}` },
      { path: tests },
    ),
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/dist/' },
    // Workspace imports lead to sources, as for the compiler.
    enhancedResolveOptions: {
      conditionNames: ['trunkline-source', 'import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    },
  },
};
