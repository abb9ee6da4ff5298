import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { withoutSchemas } from './src/build/without-schemas.ts';

const server = 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), withoutSchemas()],
  resolve: { conditions: ['trunkline-source', 'module', 'browser', 'development|production'] },
  server: { port: 5173, strictPort: true, proxy: { '/api': server, '/docs': server, '/healthz': server } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // light-dark(), :has() and nesting reach the browser as written.
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // Nothing may be inlined as data: so that the policy stays `'self'` for fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 2 },
            // Few requests for a page: what every page needs, with the styles of the theme before all others, what several
            // pages share, and the page itself.
            { name: 'app', tags: ['$initial'], priority: 1 },
            { name: 'shared', minShareCount: 2 },
          ],
        },
      },
    },
  },
});
