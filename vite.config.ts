import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [svelte()],
  // vtk.js, inside Cornerstone, imports Node's `events`; without the package the bundle dies at load.
  resolve: { alias: { events: 'events/' } },
  build: { outDir: '../dist/renderer', emptyOutDir: true, target: 'chrome140', chunkSizeWarningLimit: 8000 },
});
