import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = 'http://127.0.0.1:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
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
            // One chunk, so that zod is configured before a chunk with schemas is evaluated.
            { name: 'zod', test: /node_modules[\\/]zod[\\/]|lib[\\/]zod-config\.ts$/, priority: 2 },
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 1 },
          ],
        },
      },
    },
  },
});
