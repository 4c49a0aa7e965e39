import { defineConfig } from 'vite';

const service = process.env['CONSILIUM_URL'] ?? 'http://localhost:8080';

export default defineConfig({
  base: './',
  build: { target: 'es2023', assetsInlineLimit: 0, modulePreload: { polyfill: false }, license: { fileName: 'licences.md' } },
  server: { port: 5173, proxy: { '/v1': service, '/v3': service, '/readyz': service } },
});
